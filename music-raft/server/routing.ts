import { CodedError, isErrorCode } from '../../common/errors.ts'
import type { NodeId } from '../raft/messages.ts'
import { type Answers, outcomeOf } from './answers.ts'
import type { Write } from './queue-service.ts'
import { type Done, Refused } from './requests.ts'
import type { Peer } from './transport/peer.ts'

export interface RouterParts {
  readonly self: NodeId
  readonly timeoutMs: number
  /** Calls under way to the leader at a time. */
  readonly maxForwarded: number
  leader(): NodeId | null
  /** Resolves when another node is known to lead, or time is up. */
  leaderChange(withinMs: number): Promise<void>
  peer(id: NodeId): Pick<Peer, 'forward'> | null
  propose(command: string, data: Uint8Array): Promise<Done>
  readonly answers: Answers
}

/** A leader that hands over takes nothing for a moment; its clients need not see that (L9). */
const HANDOVER_MS = 1500
const MOST_ATTEMPTS = 3
/** Kept of a client's time for the way back: one that hears nothing has to call the outcome unknown. */
const WAY_BACK_MS = 100

/** Takes a write to the leader: this node, or over the peer port. Holds nothing meanwhile (O12). */
export class Router {
  readonly #parts: RouterParts
  #forwarded = 0

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** For clients: the encoded answer. What surely took no effect is tried where the leader is now. */
  async anywhere(write: Write, withinMs: number): Promise<Buffer> {
    const wayBack = Math.min(WAY_BACK_MS, withinMs / 10)
    const until = performance.now() + Math.min(this.#parts.timeoutMs, withinMs - wayBack)
    for (let attempt = 1; ; attempt += 1) {
      const leader = this.#parts.leader()
      if (leader === null) throw new Refused('notLeader', null)
      try {
        return leader === this.#parts.self
          ? this.#answer(write, await this.#parts.propose(write.command, write.data))
          : await this.#forward(leader, write, until - performance.now())
      } catch (error) {
        const again = error instanceof Refused && MOVED.includes(error.reason)
        const patience = Math.min(HANDOVER_MS, until - performance.now())
        if (!again || attempt >= MOST_ATTEMPTS || patience <= 0) throw error
        // Where another leads by now nothing is waited for: no further change would come.
        const known = this.#parts.leader()
        if (known === leader || known === null) await this.#parts.leaderChange(patience)
        if (performance.now() >= until) throw error
      }
    }
  }

  #answer({ method, brief }: Write, done: Done): Buffer {
    return this.#parts.answers.to(method, outcomeOf(done), brief)
  }

  async #forward(
    leader: NodeId,
    { method, command, data, brief }: Write,
    deadlineMs: number,
  ): Promise<Buffer> {
    const peer = this.#parts.peer(leader)
    if (peer === null) throw new Refused('notLeader', null)
    if (this.#forwarded >= this.#parts.maxForwarded) throw new CodedError('OVERLOADED')
    this.#forwarded += 1
    try {
      const write = { method, command, data: asBuffer(data), brief }
      const { code, detail, response } = await peer.forward(write, deadlineMs)
      if (code === '') return response
      throw asSeenByClient(code, detail)
    } finally {
      this.#forwarded -= 1
    }
  }
}

const MOVED: readonly string[] = ['notLeader', 'transferring']

function asSeenByClient(code: string, detail: string): Error {
  if (code === 'NOT_LEADER' || code === 'STARTING' || code === 'STOPPING') {
    return new Refused('notLeader', null)
  }
  return new CodedError(isErrorCode(code) ? code : 'OUTCOME_UNKNOWN', detail)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
