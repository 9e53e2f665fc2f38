import type { ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js'
import { crc32c } from '@node-rs/crc32'
import { CodedError } from '../../../common/errors.ts'
import { type CallContext, type Handlers, type Served, serve } from '../../../common/rpc-server.ts'
import type { ForwardedReply } from '../../../protos/types/raft/ForwardedReply.ts'
import type { ForwardedWrite__Output } from '../../../protos/types/raft/ForwardedWrite.ts'
import type { ReadIndexArgs__Output } from '../../../protos/types/raft/ReadIndexArgs.ts'
import type { SnapshotArgs__Output } from '../../../protos/types/raft/SnapshotArgs.ts'
import type { SnapshotReply } from '../../../protos/types/raft/SnapshotReply.ts'
import type { WatchArgs__Output } from '../../../protos/types/raft/WatchArgs.ts'
import type { WatchReply } from '../../../protos/types/raft/WatchReply.ts'
import type { AppendEntries, LogIndex, Request, Term } from '../../raft/messages.ts'
import type { WireEnvelope } from '../wire/append-codec.ts'
import { MalformedMessage } from '../wire/protobuf.ts'
import {
  checkEnvelope,
  count,
  decodeSnapshotChunk,
  invalid,
  type RaftDefinition,
  type ReceivedAppend,
  type ReceivedFromPeer,
  raftService,
  wireEnvelope,
} from '../wire/raft-wire.ts'
import type { Exchanges, Replies } from './exchanges.ts'
import { MAX_WRITES } from './forwarded.ts'
import { type ClusterMembership, checkMembership, checkRecipient } from './membership-guard.ts'
import type { Answerable, AnswerOf, WaitingCalls } from './waiting-calls.ts'

export interface RaftServiceParts {
  readonly membership: ClusterMembership
  readonly calls: WaitingCalls
  /** Gives a message to the core. Throws CodedError STARTING while there is none. */
  receive(message: Request): void
  /** What a node with an empty disk may ask (bootstrap.ts). */
  position(): { readonly term: Term; readonly lastIndex: LogIndex }
  readonly exchanges: Exchanges
  /** A client's write, as another node checked and encoded it. Does not reject. */
  write(write: ForwardedWrite__Output): Promise<ForwardedReply>
  /** Tells a peer what happens here, until it hangs up. */
  watch(call: ServerWritableStream<WatchArgs__Output, WatchReply>): Promise<void>
}

/** What peers call. Every message is checked here before the core sees it. */
export function raftServed(parts: RaftServiceParts): Served {
  return serve(raftService, {
    unary: { ...elections(parts), ...replication(parts), ReadIndex: readIndex(parts) },
    serverStream: {
      Watch: async (args, call) => {
        accept(parts, args.envelope, null)
        await parts.watch(call)
      },
    },
    bidirectional: {
      InstallSnapshot: (call) => installSnapshot(parts, call),
      Exchange: (call) =>
        parts.exchanges.serve(call, (request, replies) => {
          receiveFromPeer(parts, request, replies)
        }),
    },
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
  return {
    AppendEntries: async (args: ReceivedAppend, call: CallContext) =>
      appendReply(parts, await ask(parts, call, acceptAppend(parts, args))),
  }
}

/** Throws CodedError where it may not reach the core. */
function acceptAppend(parts: RaftServiceParts, args: ReceivedAppend): AppendEntries {
  if (args instanceof MalformedMessage) return invalid(args.message)
  const envelope = accept(parts, args.envelope, args.leaderId, true)
  const { term, prevLogIndex, prevLogTerm, entries, leaderCommit } = args
  return {
    type: 'AppendEntries',
    ...partiesOf(envelope),
    ...{ term, prevLogIndex, prevLogTerm, entries, leaderCommit },
    recoveryNonce: args.recoveryNonce,
    recoveryBarrier: args.recoveryBarrier,
  }
}

function appendReply(parts: RaftServiceParts, answer: AnswerOf<'AppendEntries'>) {
  const { term, success, matchIndex, conflictIndex, conflictTerm, recovering } = answer
  return {
    ...{ term, success, matchIndex, conflictIndex, conflictTerm, recovering },
    envelope: reply(parts, answer),
  }
}

/** A message of an Exchange. Throws CodedError where something in it may not reach the core. */
function receiveFromPeer(
  parts: RaftServiceParts,
  received: ReceivedFromPeer,
  replies: Replies,
): void {
  if (received.kind === 'append') {
    const message = acceptAppend(parts, received.append)
    const forget = parts.calls.expect('AppendEntries', message, (answer) => {
      replies.paid(forget)
      replies.send({ kind: 'append', reply: appendReply(parts, answer) })
    })
    replies.owe(forget)
    parts.receive(message)
    return
  }
  const { appendEntries, readIndex: read, writes, envelope } = received.request
  if (appendEntries !== null) invalid('append_entries goes alone')
  if (read !== null) receiveReadIndex(parts, read, replies)
  if (writes.length === 0) return
  if (writes.length > MAX_WRITES) invalid(`more than ${MAX_WRITES} writes in a message`)
  accept(parts, envelope, null)
  for (const write of writes) {
    parts.exchanges.answer(replies, parts.write(write))
  }
}

function receiveReadIndex(
  parts: RaftServiceParts,
  args: ReadIndexArgs__Output,
  replies: Replies,
): void {
  const envelope = accept(parts, args.envelope, null)
  const message = {
    type: 'ReadIndex',
    ...partiesOf(envelope),
    term: count('term', args.term),
  } as const
  const forget = parts.calls.expect('ReadIndex', message, (answer) => {
    replies.paid(forget)
    replies.send({ kind: 'other', reply: { readIndex: readIndexReply(parts, answer) } })
  })
  replies.owe(forget)
  parts.receive(message)
}

function readIndexReply(parts: RaftServiceParts, answer: AnswerOf<'ReadIndex'>) {
  const { term, success, readIndex } = answer
  return { term, success, readIndex, envelope: reply(parts, answer) }
}

function readIndex(parts: RaftServiceParts) {
  type ReadIndexArgs = Parameters<NonNullable<ServedUnary['ReadIndex']>>[0]
  return async (args: ReadIndexArgs, call: CallContext) => {
    const term = count('term', args.term)
    if (term === 0) {
      // Whoever has an empty disk may ask, and has no cluster yet (bootstrap.ts).
      const asked = checkEnvelope(args.envelope)
      checkRecipient(parts.membership, asked)
      const { term: own, lastIndex } = parts.position()
      const { from: to, to: from, sequence } = asked
      const answered = wireEnvelope({ from, to, sequence }, parts.membership.clusterId())
      return { term: own, success: false, readIndex: lastIndex, envelope: answered }
    }
    const envelope = accept(parts, args.envelope, null)
    const answer = await ask(parts, call, { type: 'ReadIndex', ...partiesOf(envelope), term })
    return readIndexReply(parts, answer)
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
      const envelope = accept(parts, args.envelope, null, true)
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
  fromLeader = false,
): WireEnvelope {
  const envelope = checkEnvelope(given)
  if (named !== null && named !== envelope.from) {
    return invalid('envelope.from is not the node that the message names')
  }
  checkMembership(parts.membership, envelope, fromLeader)
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
