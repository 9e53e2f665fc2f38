import { encodeCommand, type Operation } from '../../queue/command.ts'
import type { Track } from '../../queue/track.ts'
import { DEFAULT_LIMITS } from '../../queue/validate.ts'
import type { NodeId } from '../../raft/messages.ts'
import type { Lab } from '../../raft/test/lab/lab.ts'
import type { History, Told } from './history.ts'
import { replica } from './replica.ts'

const POLL_MS = 5
const PATIENCE_MS = 1000
/** What a client waits for an answer that the network lost. */
const LOST_MS = 100
const EVERYTHING = { offset: 0, limit: 1000 }

type Steps<T> = Generator<number, T, void>

/**
 * A client of the queue: asks one server after another, with the same request id, until it has an
 * answer. On an unreliable network one question in ten gets lost, and one answer.
 */
export class Clerk {
  readonly id: string
  readonly #world: Lab
  readonly #history: History
  /** Servers that it can reach; all connected ones without. */
  reachable: ((id: NodeId) => boolean) | null = null
  /** How many times a question or an answer got lost. */
  lost = 0
  #last: NodeId
  #requestId = 0

  constructor(world: Lab, history: History, number: number) {
    this.id = `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
    this.#world = world
    this.#history = history
    this.#last = 1 + world.below(world.servers.length)
  }

  *write(operation: Operation): Steps<Told> {
    this.#requestId += 1
    const requestId = this.#requestId
    const { maxSessions } = DEFAULT_LIMITS
    const identity = { clientId: this.id, requestId, maxSessions }
    const data = encodeCommand({ identity, operation })
    const began = this.#world.now
    for (;;) {
      const told = yield* this.#attempt(operation.kind, data)
      if (told === null) continue
      const ended = this.#world.now
      const call = { client: this.id, began, ended }
      this.#history.calls.push({ kind: 'write', ...call, requestId, operation, told })
      return told
    }
  }

  *read(): Steps<readonly string[]> {
    const began = this.#world.now
    for (;;) {
      const seen = yield* this.#look()
      if (seen === null) continue
      const { index, tracks, at: ended } = seen
      this.#history.calls.push({ kind: 'read', client: this.id, began, ended, index, tracks })
      return tracks.map(({ id }) => id)
    }
  }

  /** null: nobody knows; ask again. */
  *#attempt(word: string, data: Uint8Array): Steps<Told | null> {
    const id = this.#last
    if (!this.#reaches(id) || (yield* this.#loses('loseRequest'))) return yield* this.#next()
    const place = this.#world.propose(id, data, word)
    if (place === null) return yield* this.#next()
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      yield POLL_MS
      if (!this.#reaches(id)) break
      if (this.#world.server(id).applied.length < place.index) continue
      const done = replica(this.#world, id).outcomes.get(place.index)
      // Another entry at this place, or a snapshot over it: its own may still be anywhere.
      if (done === undefined || done.term !== place.term) break
      if (yield* this.#loses('loseResponse')) return null
      return done.outcome
    }
    return yield* this.#next()
  }

  *#look(): Steps<{ index: number; tracks: readonly Track[]; at: number } | null> {
    const id = this.#last
    if (!this.#reaches(id) || (yield* this.#loses('loseRequest'))) return yield* this.#next()
    const requestId = this.#world.nextRequest()
    this.#world.step(id, { kind: 'read', requestId })
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      if (!this.#reaches(id)) break
      const answer = this.#world.answer(id, requestId)
      if (answer?.kind === 'refused') break
      if (answer?.kind === 'read') {
        const index = this.#world.server(id).applied.length
        const { tracks } = replica(this.#world, id).queue.queuePage(EVERYTHING)
        const seen = { index, tracks, at: this.#world.now }
        return (yield* this.#loses('loseResponse')) ? null : seen
      }
      yield POLL_MS
    }
    return yield* this.#next()
  }

  #reaches(id: NodeId): boolean {
    const { network } = this.#world
    if (!this.#world.server(id).alive) return false
    return this.reachable === null ? network.isConnected(id) : this.reachable(id)
  }

  *#loses(what: 'loseRequest' | 'loseResponse'): Steps<boolean> {
    if (this.#world.random() >= this.#world.network.weather[what]) return false
    this.lost += 1
    yield LOST_MS
    return true
  }

  *#next(): Steps<null> {
    this.#last = (this.#last % this.#world.servers.length) + 1
    yield 10
    return null
  }
}
