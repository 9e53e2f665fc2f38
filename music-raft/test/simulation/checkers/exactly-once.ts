import { BATCH, decodeBatch } from '../../../queue/batch.ts'
import { decodeCommand, isWord } from '../../../queue/command.ts'
import type { Outcome } from '../../../queue/outcome.ts'
import type { Entry, LogIndex } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'

const NO_EFFECT: readonly string[] = ['STALE_REQUEST', 'REQUEST_ID_REUSED', 'MALFORMED_COMMAND']

/** A request with an identity takes effect once, however often it is sent (R16); refused, never. */
export class ExactlyOnce {
  readonly #fail: Fail
  readonly #effects = new Map<string, LogIndex>()
  readonly #refused = new Set<string>()
  readonly #streamed = new Map<string, number | undefined>()
  /** Repeats that were recognised. */
  repeats = 0

  constructor(fail: Fail) {
    this.#fail = fail
  }

  /** Each index of the log once, in any order. */
  applied(entry: Entry, outcome: Outcome): void {
    if (entry.command === BATCH) this.#appliedBatch(entry, outcome)
    if (!isWord(entry.command) || NO_EFFECT.includes(outcome.code)) return
    const { identity } = decodeCommand(entry.data)
    if (identity === null) return
    const key = keyOf(identity.clientId, identity.requestId)
    if (outcome.replayed) {
      this.repeats += 1
      return
    }
    const before = this.#effects.get(key)
    if (before !== undefined) {
      this.#fail(`Exactly-once: request ${key} took effect at ${before} and at ${entry.index}`)
    }
    if (this.#refused.has(key)) this.#fail(`request ${key} was refused and took effect`)
    this.#effects.set(key, entry.index)
  }

  /** What a track of a batch came to when it first took effect, it comes to whenever it is repeated. */
  #appliedBatch({ index, data }: Entry, { codes }: Outcome): void {
    const { clientId, firstRequestId, offsets } = decodeBatch(data, index)
    for (const [place, offset] of offsets.entries()) {
      const key = keyOf(clientId, firstRequestId + offset)
      const code = codes?.[place]
      const before = this.#streamed.get(key)
      if (before === undefined) this.#effects.set(key, index)
      else if (before === code) this.repeats += 1
      else this.#fail(`Exactly-once: request ${key} came to ${before}, and at ${index} to ${code}`)
      this.#streamed.set(key, code)
    }
  }

  /** Every attempt was refused for certain, and there will be no other. */
  refused(clientId: string, requestId: number): void {
    const key = keyOf(clientId, requestId)
    if (this.#effects.has(key)) this.#fail(`request ${key} took effect and was refused`)
    this.#refused.add(key)
  }

  /** Where it took effect; undefined: nowhere. */
  effectOf(clientId: string, requestId: number): LogIndex | undefined {
    return this.#effects.get(keyOf(clientId, requestId))
  }
}

function keyOf(clientId: string, requestId: number): string {
  return `${clientId}/${requestId}`
}
