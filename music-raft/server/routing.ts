import type { ServiceError } from '@grpc/grpc-js'
import { CodedError, isErrorCode } from '../../common/errors.ts'
import { ERROR_CODE } from '../../common/rpc-server.ts'
import type { NodeId } from '../raft/messages.ts'
import type { Write, Written } from './queue-service.ts'
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
  peer(id: NodeId): Peer | null
  propose(write: Write): Promise<Done>
}

/** A leader that hands over takes nothing for a moment; its clients need not see that (L9). */
const HANDOVER_MS = 1500
const CONNECT_MS = 1000
const MOST_ATTEMPTS = 3

/** Takes a write to the leader: this node, or over the peer port. Holds nothing meanwhile (O12). */
export class Router {
  readonly #parts: RouterParts
  #forwarded = 0

  constructor(parts: RouterParts) {
    this.#parts = parts
  }

  /** For clients. What surely took no effect is tried again where the leader is now. */
  async anywhere(write: Write): Promise<Written> {
    const until = performance.now() + this.#parts.timeoutMs
    for (let attempt = 1; ; attempt += 1) {
      const leader = this.#parts.leader()
      if (leader === null) throw new Refused('notLeader', null)
      try {
        return leader === this.#parts.self
          ? await this.#here(write)
          : await this.#forward(leader, write, until - performance.now())
      } catch (error) {
        const again = error instanceof Refused && MOVED.includes(error.reason)
        const patience = Math.min(HANDOVER_MS, until - performance.now())
        if (!again || attempt >= MOST_ATTEMPTS || patience <= 0) throw error
        const moving = error.reason === 'transferring' || this.#parts.leader() === leader
        if (moving) await this.#parts.leaderChange(patience)
      }
    }
  }

  async #here(write: Write): Promise<Written> {
    const { outcome } = await this.#parts.propose(write)
    if (outcome === null) throw new CodedError('INTERNAL', 'a command without an outcome')
    return { kind: 'applied', outcome }
  }

  async #forward(
    leader: NodeId,
    { method, request, identity }: Write,
    deadlineMs: number,
  ): Promise<Written> {
    const peer = this.#parts.peer(leader)
    if (peer === null) throw new Refused('notLeader', null)
    if (this.#forwarded >= this.#parts.maxForwarded) throw new CodedError('OVERLOADED')
    this.#forwarded += 1
    try {
      // Not sent, nothing happened; once it may have been sent, only the leader knows.
      if (!peer.queue.connected() && !(await peer.queue.ready(CONNECT_MS))) {
        throw new Refused('notLeader', null)
      }
      const reply = await peer.queue.unary(method, request as never, {
        ...{ deadlineMs, metadata: identity },
      })
      return { kind: 'forwarded', reply }
    } catch (error) {
      throw asSeenByClient(error)
    } finally {
      this.#forwarded -= 1
    }
  }
}

const MOVED: readonly string[] = ['notLeader', 'transferring']

function asSeenByClient(error: unknown): Error {
  if (error instanceof CodedError || error instanceof Refused) return error
  const code = String((error as Partial<ServiceError>).metadata?.get(ERROR_CODE)[0] ?? '')
  if (code === 'NOT_LEADER' || code === 'STARTING' || code === 'STOPPING') {
    return new Refused('notLeader', null)
  }
  // Not the leader's own word, whatever the status: a connection cut under a call has many (L16).
  return new CodedError(isErrorCode(code) ? code : 'OUTCOME_UNKNOWN')
}
