import type { ServerWritableStream } from '@grpc/grpc-js'
import { EventLog } from '../../common/event-stream/event-log.ts'
import { serveWatch } from '../../common/event-stream/watch-server.ts'
import type { WatchReply } from '../../protos/types/WatchReply.ts'
import type { WatchRequest__Output } from '../../protos/types/WatchRequest.ts'
import type { Participant } from '../protocol/participant.ts'
import type { ParticipantEvent, Space } from '../protocol/participant-io.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import { forcedEvent } from '../shell/event-stream/rpc-events.ts'
import type { ParticipantNodeEvent, ParticipantState } from '../shell/event-stream/types.ts'

export interface WatchingParts {
  readonly node: string
  readonly core: Participant
  space(): Space
  forcedWrites(): number
}

const MOST_LOCKS = 100

/** What happens in a participant, for those who watch. While nobody does, each call is one branch. */
export class Watching {
  readonly log: EventLog<ParticipantNodeEvent, ParticipantState>

  constructor(parts: WatchingParts) {
    this.log = new EventLog({ node: parts.node, state: () => stateOf(parts) })
  }

  observe(event: ParticipantEvent): void {
    if (this.log.active) this.log.emit(event)
  }

  saved(records: readonly ParticipantRecord[], tookMs: number): void {
    if (this.log.active) this.log.emit(forcedEvent(records, tookMs, transactionOf))
  }

  serve(call: ServerWritableStream<WatchRequest__Output, WatchReply>): Promise<void> {
    return serveWatch(this.log.feed, call, { kind: 'relay' })
  }

  close(): void {
    this.log.close()
  }
}

function stateOf({ core, space, forcedWrites }: WatchingParts): ParticipantState {
  const { pictures, prepared } = core.state
  const locks = [...prepared.values()].slice(0, MOST_LOCKS)
  return {
    ...{ role: 'participant', pictures: pictures.size, space: space() },
    locks: locks.map(({ filename, transactionId, coordinatorId, operation, preparedAt }) => ({
      ...{ filename, transactionId, coordinator: coordinatorId, preparedAt },
      operation: operation.kind,
    })),
    locksTotal: prepared.size,
    forcedWrites: forcedWrites(),
  }
}

function transactionOf(record: ParticipantRecord): string {
  switch (record.type) {
    case 'prepare':
      return record.transaction.transactionId
    case 'commit':
      return record.transactionId
    case 'abort':
      return record.tombstone.transactionId
    default:
      return '' // an operation of this node alone
  }
}
