import { clipped } from '../../../common/event-stream/event.ts'
import type { RpcTap } from '../../../common/event-stream/tapped.ts'
import type { ForcedEvent, RpcEvent } from './types.ts'

/** Probes and looks are no events. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['VoteRequest', 'GlobalCommit', 'GlobalAbort', 'DecisionRequest'],
  ...['Upload', 'UploadStream', 'Stage', 'Delete', 'Like'],
])
const MOST_RECORDS = 32

/** Shows the RPCs of two-phase commit to a log of events. */
export function rpcTap(log: { readonly active: boolean; emit(event: RpcEvent): void }): RpcTap {
  return {
    get active() {
      return log.active
    },
    seen: (direction, { rpc, peer }, { fields = {} }) => {
      if (!SHOWN.has(rpc)) return
      const { transactionId, filename, reply } = fields
      log.emit({
        ...{ kind: 'rpc', direction, rpc, peer },
        ...(typeof transactionId === 'string' && { transactionId: clipped(transactionId) }),
        ...(typeof filename === 'string' && { filename: clipped(filename) }),
        ...(typeof reply === 'string' && { reply }),
      })
    },
  }
}

/** A forced write, of records as `idOf` names them. */
export function forcedEvent<R extends { readonly type: string }>(
  records: readonly R[],
  tookMs: number,
  idOf: (record: R) => string,
): ForcedEvent {
  return {
    ...{ kind: 'forced', tookMs: Math.round(tookMs * 1000) / 1000, count: records.length },
    records: records
      .slice(0, MOST_RECORDS)
      .map((record) => ({ type: record.type, transactionId: idOf(record) })),
  }
}
