import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../common/logger.ts'
import type { QueueList__Output } from '../../../protos/types/queue/QueueList.ts'
import type { QueueResponse__Output } from '../../../protos/types/queue/QueueResponse.ts'
import type { Track__Output } from '../../../protos/types/queue/Track.ts'
import { type Answered, CallFailed } from '../../client/ask.ts'
import { QueueClient, type RequestIdentity } from '../../client/client.ts'
import type { Endpoint } from '../../client/endpoints.ts'
import type {
  QueueInput,
  QueueOperation,
  QueueOutput,
} from '../../linearizability/queue-history.ts'
import type { Random } from '../simulation/random.ts'

/** Over all attempts of a request; then its outcome is unknown, or it was refused all the time. */
const PATIENCE_MS = 4000
/** When everything is healed, what is still unknown is asked again for as long as this. */
const SETTLE_MS = 30_000
const PAUSE_MS = [10, 120] as const
/** Tracks that the next requests are about are among this many of the latest. */
const RECENT = 40

/** What all clients of a round share. */
export interface Field {
  readonly endpoints: readonly Endpoint[]
  readonly log: Logger
  readonly interrupted: AbortSignal
  readonly history: QueueOperation[]
  /** Ids of tracks that somebody asked to add, the latest last. */
  readonly ids: string[]
  /** Id of the leader as last heard of. */
  leader: number
  /** Writes acknowledged so far. */
  progress: number
  now(): number
  ended(operation: QueueOperation): void
}

interface Open {
  readonly operation: QueueOperation
  readonly identity: RequestIdentity
}

/**
 * A client that asks one thing after the other and records what it asked, when, and what came of it.
 * Where an outcome is unknown it goes on under another name, so that it can ask again later, under
 * the old one, what came of it.
 */
export class TortureClient {
  readonly name: number
  readonly #field: Field
  readonly #random: Random
  readonly #client: QueueClient
  #identity: RequestIdentity = { clientId: randomUUID(), requestId: 0 }
  #added = 0
  #played = 0
  readonly #open: Open[] = []

  constructor(name: number, field: Field, random: Random) {
    this.name = name
    this.#field = field
    this.#random = random
    const { endpoints, log, interrupted: signal } = field
    this.#client = new QueueClient({ endpoints, log, signal, timeoutMs: PATIENCE_MS })
  }

  async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.ask(this.#next())
      await sleep(this.#random.between(...PAUSE_MS))
    }
  }

  /** Asks once, and records it. */
  async ask(input: QueueInput): Promise<void> {
    const { requestId, clientId } = this.#identity
    const identity = { clientId, requestId: requestId + 1 }
    this.#identity = identity
    const operation = { client: this.name, call: this.#field.now(), input }
    try {
      const { answer, leader } = await send(this.#client, input, identity)
      if (leader !== null) this.#field.leader = leader
      if (!input.rpc.startsWith('Get')) this.#field.progress += 1
      this.#record({ ...operation, return: this.#field.now(), output: answer })
      if (input.rpc === 'GetHistory' && 'total' in answer) this.#played = answer.total
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      const ended = { ...operation, return: null, output: null }
      if (error.outcome === 'refused' || input.rpc.startsWith('Get')) {
        this.#record({ ...ended, refused: true })
        return
      }
      this.#record(ended)
      this.#open.push({ operation: ended, identity })
      this.#identity = { clientId: randomUUID(), requestId: 0 }
    }
  }

  /** Finds out what came of everything unknown, by asking the same again. Rejects with CallFailed. */
  async settle(): Promise<void> {
    const { endpoints, log, interrupted: signal, history } = this.#field
    const client = new QueueClient({ endpoints, log, signal, timeoutMs: SETTLE_MS })
    try {
      for (const { operation, identity } of this.#open.splice(0)) {
        const { answer } = await send(client, operation.input, identity)
        const settled = { ...operation, return: this.#field.now(), output: answer }
        history[history.indexOf(operation)] = settled
      }
    } finally {
      client.close()
    }
  }

  close(): void {
    this.#client.close()
  }

  #record(operation: QueueOperation): void {
    this.#field.history.push(operation)
    this.#field.ended(operation)
  }

  #next(): QueueInput {
    const random = this.#random
    const dice = random.next()
    const id = random.any(this.#field.ids.slice(-RECENT)) ?? 'none'
    if (dice < 0.28) {
      const again = random.chance(0.1)
      const added = again ? id : `${this.name}.${++this.#added}`
      this.#field.ids.push(added)
      return {
        rpc: 'AddTrack',
        track: { id: added, title: `Track ${added}`, artist: 'A', duration: 60 },
      }
    }
    if (dice < 0.46) return { rpc: 'PlayNext' }
    if (dice < 0.52) return { rpc: 'RemoveTrack', id }
    if (dice < 0.74) return { rpc: 'VoteTrack', id, up: random.chance(0.7) }
    if (dice < 0.84) return { rpc: 'GetQueue' }
    if (dice < 0.9) return { rpc: 'GetMetadata', id }
    return { rpc: 'GetHistory', page: { offset: Math.max(0, this.#played - 5), limit: 20 } }
  }
}

async function send(
  client: QueueClient,
  input: QueueInput,
  identity: RequestIdentity,
): Promise<Answered<QueueOutput>> {
  switch (input.rpc) {
    case 'AddTrack':
      return changed(await client.addTrack(input.track, identity))
    case 'RemoveTrack':
      return changed(await client.removeTrack(input.id, identity))
    case 'VoteTrack':
      return changed(await client.voteTrack(input.id, input.up, identity))
    case 'PlayNext':
      return track(await client.playNext(identity))
    case 'GetMetadata':
      return track(await client.getMetadata(input.id))
    case 'GetQueue':
      return list(await client.getQueue(input.page))
    case 'GetHistory':
      return list(await client.getHistory(input.page))
    default:
      return input satisfies never
  }
}

function changed({ answer, ...rest }: Answered<QueueResponse__Output>): Answered<QueueOutput> {
  const { code, position, total } = answer
  return { ...rest, answer: { code, position, total } }
}

function track({ answer, ...rest }: Answered<Track__Output>): Answered<QueueOutput> {
  return { ...rest, answer: { track: answer.id === '' ? null : answer } }
}

function list({ answer, ...rest }: Answered<QueueList__Output>): Answered<QueueOutput> {
  return { ...rest, answer: { tracks: answer.queue, total: answer.total } }
}
