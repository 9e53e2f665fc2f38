import type { ServerDuplexStream } from '@grpc/grpc-js'
import { crc32c } from '@node-rs/crc32'
import { CodedError } from '../../../common/errors.ts'
import { type CallContext, type Handlers, type Served, serve } from '../../../common/rpc-server.ts'
import type { SnapshotArgs__Output } from '../../../protos/types/raft/SnapshotArgs.ts'
import type { SnapshotReply } from '../../../protos/types/raft/SnapshotReply.ts'
import type { LogIndex, Request, Term } from '../../raft/messages.ts'
import type { WireEnvelope } from '../wire/append-codec.ts'
import { MalformedMessage } from '../wire/protobuf.ts'
import {
  checkEnvelope,
  count,
  decodeSnapshotChunk,
  invalid,
  type RaftDefinition,
  raftService,
  wireEnvelope,
} from '../wire/raft-wire.ts'
import { type ClusterMembership, checkMembership } from './membership-guard.ts'
import type { Answerable, AnswerOf, WaitingCalls } from './waiting-calls.ts'

export interface RaftServiceParts {
  readonly membership: ClusterMembership
  readonly calls: WaitingCalls
  /** Gives a message to the core. Throws CodedError STARTING while there is none. */
  receive(message: Request): void
  /** What a node with an empty disk may ask (bootstrap.ts). */
  position(): { readonly term: Term; readonly lastIndex: LogIndex }
}

/** What peers call. Every message is checked here before the core sees it. */
export function raftServed(parts: RaftServiceParts): Served {
  return serve(raftService, {
    unary: { ...elections(parts), ...replication(parts), ReadIndex: readIndex(parts) },
    bidirectional: { InstallSnapshot: (call) => installSnapshot(parts, call) },
  })
}

function elections(parts: RaftServiceParts) {
  type VoteArgs = Parameters<NonNullable<ServedUnary['RequestVote']>>[0]
  type TimeoutNowArgs = Parameters<NonNullable<ServedUnary['TimeoutNow']>>[0]
  return {
    RequestVote: async (args: VoteArgs, call: CallContext) => {
      const envelope = accept(parts, args.envelope, args.candidateId)
      const answer = await ask(parts, call, {
        type: 'RequestVote',
        ...partiesOf(envelope),
        term: count('term', args.term),
        lastLogIndex: count('last_log_index', args.lastLogIndex),
        lastLogTerm: count('last_log_term', args.lastLogTerm),
        preVote: args.preVote,
        leadershipTransfer: args.leadershipTransfer,
      })
      const { term, voteGranted, preVote } = answer
      return { term, voteGranted, preVote, envelope: reply(parts, answer) }
    },
    TimeoutNow: async (args: TimeoutNowArgs) => {
      const envelope = accept(parts, args.envelope, null)
      parts.receive({
        type: 'TimeoutNow',
        ...partiesOf(envelope),
        term: count('term', args.term),
      })
      return {}
    },
  }
}

type ServedUnary = Handlers<RaftDefinition>['unary']

function replication(parts: RaftServiceParts) {
  type ReceivedAppend = Parameters<NonNullable<ServedUnary['AppendEntries']>>[0]
  return {
    AppendEntries: async (args: ReceivedAppend, call: CallContext) => {
      if (args instanceof MalformedMessage) return invalid(args.message)
      const envelope = accept(parts, args.envelope, args.leaderId)
      const { term, prevLogIndex, prevLogTerm, entries, leaderCommit } = args
      const answer = await ask(parts, call, {
        type: 'AppendEntries',
        ...partiesOf(envelope),
        ...{ term, prevLogIndex, prevLogTerm, entries, leaderCommit },
        recoveryNonce: args.recoveryNonce,
        recoveryBarrier: args.recoveryBarrier,
      })
      const { success, matchIndex, conflictIndex, conflictTerm, recovering } = answer
      return {
        term: answer.term,
        ...{ success, matchIndex, conflictIndex, conflictTerm, recovering },
        envelope: reply(parts, answer),
      }
    },
  }
}

function readIndex(parts: RaftServiceParts) {
  type ReadIndexArgs = Parameters<NonNullable<ServedUnary['ReadIndex']>>[0]
  return async (args: ReadIndexArgs, call: CallContext) => {
    const envelope = accept(parts, args.envelope, null)
    const term = count('term', args.term)
    if (term === 0) {
      const { term: own, lastIndex } = parts.position()
      const { from: to, to: from, sequence } = envelope
      const answered = wireEnvelope({ from, to, sequence }, parts.membership.clusterId())
      return { term: own, success: false, readIndex: lastIndex, envelope: answered }
    }
    const answer = await ask(parts, call, { type: 'ReadIndex', ...partiesOf(envelope), term })
    const { success } = answer
    return {
      ...{ term: answer.term, success, readIndex: answer.readIndex },
      envelope: reply(parts, answer),
    }
  }
}

/** Each chunk is answered; the stream ends with its sender, or with the first thing wrong in it. */
async function installSnapshot(
  parts: RaftServiceParts,
  call: ServerDuplexStream<SnapshotArgs__Output, SnapshotReply>,
): Promise<void> {
  const forget = new Set<() => void>()
  try {
    // The loop's end must not destroy the stream: its status would never be sent, and both ends
    // would keep it until the sender's deadline, a day later.
    const chunks: AsyncIterable<SnapshotArgs__Output> = call.iterator({ destroyOnReturn: false })
    for await (const args of chunks) {
      const envelope = accept(parts, args.envelope, null)
      if (crc32c(args.data) !== args.chunkChecksum) invalid('chunk_checksum does not match data')
      const message = decodeSnapshotChunk(args, envelope)
      const stop = parts.calls.expect('InstallSnapshot', message, (answer) => {
        forget.delete(stop)
        const { term, lastIncludedIndex, bytesStored, installed, recovering } = answer
        call.write({
          ...{ term, lastIncludedIndex, bytesStored, installed, recovering },
          envelope: reply(parts, answer),
        })
      })
      forget.add(stop)
      parts.receive(message)
    }
  } catch (error) {
    // A sender that goes away is told nothing, and nothing is wrong here.
    if (!call.cancelled) throw error
  } finally {
    for (const stop of forget) stop()
  }
}

/** Throws CodedError where the message may not reach the core. */
function accept(
  parts: RaftServiceParts,
  given: Parameters<typeof checkEnvelope>[0],
  named: number | null,
): WireEnvelope {
  const envelope = checkEnvelope(given)
  if (named !== null && named !== envelope.from) {
    return invalid('envelope.from is not the node that the message names')
  }
  checkMembership(parts.membership, envelope)
  return envelope
}

function partiesOf({ from, to, sequence }: WireEnvelope) {
  return { from, to, sequence }
}

function reply({ membership }: RaftServiceParts, answer: AnswerOf<Answerable>): WireEnvelope {
  return wireEnvelope(answer, membership.clusterId())
}

function ask<M extends Extract<Request, { type: Answerable }>>(
  { calls, receive }: RaftServiceParts,
  call: CallContext,
  message: M,
): Promise<AnswerOf<M['type']>> {
  return new Promise((resolve, reject) => {
    const forget = calls.expect<M['type']>(message.type, message, resolve)
    call.onCancel(() => {
      forget()
      reject(new CodedError('CALLER_GONE'))
    })
    receive(message)
  })
}
