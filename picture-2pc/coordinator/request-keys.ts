import { CodedError } from '../../common/errors.ts'
import type { CoordinatorRecord, Outcome } from '../protocol/coordinator-io.ts'

const MAX_KEYS = 10_000

type CommitRecord = Extract<CoordinatorRecord, { type: 'commit' }>

interface Answered {
  readonly fingerprint: string
  readonly outcome: Outcome
  /** Found on the disk at start: who has acknowledged it since is not in its record. */
  readonly restored?: true
}

/**
 * First answers by Idempotency-Key. Commits are remembered across restarts, in the decision log and
 * its checkpoint; an abort is remembered while the process lives: repeating it begins anew, and
 * nothing took effect the first time.
 */
export class RequestKeys {
  readonly #answers = new Map<string, Promise<Answered>>()
  /** What the checkpoint must hold. */
  readonly #commits = new Map<string, CommitRecord>()

  readonly #current: (transactionId: string) => Promise<Outcome | null>

  /** `current` tells of a transaction that is decided and not yet acknowledged by all. */
  constructor(
    records: Iterable<CoordinatorRecord>,
    current: (transactionId: string) => Promise<Outcome | null>,
  ) {
    this.#current = current
    for (const record of records) {
      if (record.type === 'commit') this.#remember(record)
    }
  }

  #remember(record: CommitRecord): void {
    if (record.requestKey === null) return
    const { key, fingerprint } = record.requestKey
    this.#commits.set(key, record)
    this.#answers.set(
      key,
      Promise.resolve({ fingerprint, outcome: outcomeOf(record), restored: true }),
    )
    this.#trim()
  }

  /** Records that make the known commits known again after a restart. */
  records(): readonly CoordinatorRecord[] {
    return [...this.#commits.values()]
  }

  /**
   * Runs `first` unless the key was used; a repetition, also one that comes while the first is under
   * way, gets the first answer. `fingerprint` says what is asked for; a key used for something else
   * rejects with CodedError KEY_REUSED.
   */
  async once(
    key: string | null,
    fingerprint: () => Promise<string>,
    first: () => Promise<{ outcome: Outcome; fingerprint: string }>,
  ): Promise<Outcome> {
    if (key === null) return (await first()).outcome
    const known = this.#answers.get(key)
    if (known !== undefined) {
      const [asked, answered] = await Promise.all([fingerprint(), known])
      if (asked !== answered.fingerprint) throw new CodedError('KEY_REUSED')
      if (answered.restored !== true) return answered.outcome
      return (await this.#current(answered.outcome.transactionId)) ?? answered.outcome
    }
    const answer = first()
    this.#answers.set(key, answer)
    this.#trim()
    try {
      return (await answer).outcome
    } catch (error) {
      // Nothing was begun, or it is not known what became of it: the next attempt decides.
      if (this.#answers.get(key) === answer) this.#answers.delete(key)
      throw error
    }
  }

  /** A commit with a key is on disk. */
  committed(record: CommitRecord): void {
    if (record.requestKey !== null) this.#commits.set(record.requestKey.key, record)
  }

  #trim(): void {
    for (const key of this.#answers.keys()) {
      if (this.#answers.size <= MAX_KEYS) return
      this.#answers.delete(key)
      this.#commits.delete(key)
    }
  }
}

/** What a client hears of a commit that all have acknowledged. */
function outcomeOf(record: CommitRecord): Outcome {
  const { transactionId, filename, participants, likes } = record
  return {
    ...{ transactionId, filename, likes },
    decision: 'commit',
    details: participants.map(() => 'ACK'),
    votes: participants.map((node) => [node, { vote: 'commit', likes }]),
  }
}
