import type { Ack } from '../../protos/types/Ack.ts'
import type { DecisionArgs__Output } from '../../protos/types/DecisionArgs.ts'
import type { VoteArgs__Output } from '../../protos/types/VoteArgs.ts'
import type { VoteReply } from '../../protos/types/VoteReply.ts'
import type { DecisionMessage, NodeName } from '../protocol/messages.ts'
import { decodeDecision, decodeVoteRequest } from '../shell/wire.ts'
import { type Driver, only } from './driver.ts'
import type { Staging } from './staging.ts'

export interface ProtocolParts {
  readonly node: NodeName
  /** All participants, for coordinators that do not name them. */
  readonly participants: readonly NodeName[]
  readonly driver: Driver
  readonly staging: Staging
}

/** The RPCs of two-phase commit, however they arrive. What they reject with is a CodedError. */
export class ProtocolCalls {
  readonly #parts: ProtocolParts

  constructor(parts: ProtocolParts) {
    this.#parts = parts
  }

  async vote(args: VoteArgs__Output): Promise<VoteReply> {
    const { node, participants, driver, staging } = this.#parts
    const message = decodeVoteRequest(args, participants)
    const staged = staging.find(message.transactionId)
    const noRoom = staging.hadNoRoom(message.transactionId)
    const reply = await driver.call((callId) => ({
      kind: 'voteRequest',
      callId,
      message,
      staged,
      stagingFailure: noRoom ? 'DISK_FULL' : 'NOT_STAGED',
      wallTime: Date.now(),
    }))
    const { vote } = only(reply, 'vote')
    return vote.granted
      ? { voteGranted: true, nodeId: node, likes: vote.likes }
      : { voteGranted: false, nodeId: node, reason: vote.reason }
  }

  async decide(kind: DecisionMessage['kind'], args: DecisionArgs__Output): Promise<Ack> {
    const message = decodeDecision(kind, args)
    await this.#parts.driver.call((callId) => ({ kind: 'decision', callId, message }))
    return { success: true, nodeId: this.#parts.node }
  }
}
