import assert from 'node:assert/strict'
import { loadService } from '../../../common/rpc.ts'
import type { QueueAnswer } from '../../../music-raft/queue/queue.ts'
import {
  decodeAppend,
  encodeAppend,
  type WireAppend,
  type WireEnvelope,
} from '../../../music-raft/server/wire/append-codec.ts'
import { decodeEntry, encodeEntry } from '../../../music-raft/server/wire/entry-codec.ts'
import {
  carriesAppend,
  decodeAppendReply,
  decodeAppendRequest,
  encodeAppendReply,
  encodeAppendRequest,
  type WireAppendReply,
} from '../../../music-raft/server/wire/exchange-codec.ts'
import { MalformedMessage } from '../../../music-raft/server/wire/protobuf.ts'
import { AnswerEncoder } from '../../../music-raft/server/wire/queue-answer.ts'
import { queueService } from '../../../music-raft/server/wire/queue-wire.ts'
import type { AppendArgs__Output } from '../../../protos/types/raft/AppendArgs.ts'
import type { AppendReply__Output } from '../../../protos/types/raft/AppendReply.ts'
import type { RaftServiceDefinition } from '../../../protos/types/raft/RaftService.ts'
import type { Random } from './random.ts'
import { codecTarget, plain, type Target } from './target.ts'

// The messages of Raft and the answers of the queue that are written and read by hand. What they
// write is also read by the protobuf library, which must see the same.

const library = loadService<RaftServiceDefinition>('raft.proto', 'raft.RaftService').definition
const refusals = [MalformedMessage]

function makeEntry(random: Random) {
  const command = random.pick(['ADD', 'VOTE', 'NOOP', 'CONFIG', 'A', 'ABCDEFGHIJKLMNOP'])
  const [term, index] = [random.count() || 1, random.count() || 1]
  const encoded = encodeEntry({ term, index, command, data: random.bytes(40) })
  return decodeEntry(encoded)
}

function makeEnvelope(random: Random): WireEnvelope | null {
  if (random.chance(0.2)) return null
  const clusterId = random.chance(0.2) ? '' : random.uuid()
  return { clusterId, from: random.count(), to: random.count(), sequence: random.count() }
}

function makeAppend(random: Random): WireAppend {
  return {
    ...{ term: random.count(), leaderId: random.count(), prevLogIndex: random.count() },
    ...{ prevLogTerm: random.count(), leaderCommit: random.count() },
    ...{ recoveryNonce: random.count(), recoveryBarrier: random.count() },
    ...{ entries: random.list(4, () => makeEntry(random)), envelope: makeEnvelope(random) },
  }
}

function makeReply(random: Random): WireAppendReply {
  return {
    ...{ term: random.count(), success: random.chance(0.5), matchIndex: random.count() },
    ...{ conflictIndex: random.count(), conflictTerm: random.count() },
    ...{ recovering: random.count(), envelope: makeEnvelope(random) },
  }
}

/** What the library reads in bytes that were written by hand. */
function checkAppend(value: WireAppend): void {
  const { entries, ...read } = library.AppendEntries.requestDeserialize(encodeAppend(value))
  const { entries: meantEntries, ...rest } = value
  assert.deepEqual(plain(fieldsOf(read, value)), plain(rest))
  const seen = entries.map(({ term, index, command, data }) => ({ term, index, command, data }))
  const meant = meantEntries.map(({ term, index, command, data }) => ({
    ...{ term, index, command, data },
  }))
  assert.deepEqual(plain(seen), plain(meant))
}

function checkReply(value: WireAppendReply): void {
  const bytes = encodeAppendReply(value)
  const read = library.Exchange.responseDeserialize(bytes).appendEntries
  assert(read !== null)
  assert.deepEqual(plain(fieldsOf(read, value)), plain(value))
}

function fieldsOf(
  read: Omit<AppendArgs__Output, 'entries'> | AppendReply__Output,
  { envelope }: { readonly envelope: WireEnvelope | null },
): unknown {
  // Latin-1 on the one side, UTF-8 on the other: a cluster id is a UUID.
  const clusterId = envelope?.clusterId
  const same = read.envelope === null ? null : { ...read.envelope, clusterId }
  return { ...read, envelope: same }
}

const append = codecTarget<WireAppend>('raft-wire/append', {
  ...{ make: makeAppend, encode: encodeAppend, decode: decodeAppend, refusals },
  check: checkAppend,
})

const appendRequest = codecTarget<WireAppend>('raft-wire/exchange-append', {
  ...{ make: makeAppend, encode: encodeAppendRequest, refusals },
  decode: (bytes) => (carriesAppend(bytes) ? decodeAppendRequest(bytes) : null),
})

const appendReply = codecTarget<WireAppendReply>('raft-wire/exchange-reply', {
  ...{ make: makeReply, encode: encodeAppendReply, refusals, check: checkReply },
  decode: (bytes) => (carriesAppend(bytes) ? decodeAppendReply(bytes) : null),
})

const entry = codecTarget('raft-wire/entry', {
  ...{ make: makeEntry, encode: encodeEntry, refusals },
  decode: (bytes) => decodeEntry(bytes),
  essence: ({ term, index, command, data }) => ({ term, index, command, data }),
})

interface Answered {
  readonly answer: QueueAnswer
  readonly code: string
}

function makeAnswer(random: Random): Answered {
  const int32 = () => Math.floor((random.next() - 0.5) * 2 ** random.below(33))
  const queue = random.list(random.chance(0.1) ? 60 : 3, () => ({
    ...{ id: random.text(8), title: random.text(8), artist: random.text(8) },
    ...{ votes: int32(), duration: int32() },
  }))
  const [position, total] = [random.count() % 2 ** 31, random.count() % 2 ** 31]
  const answer = { message: random.text(12), queue, track: null, position, total }
  return { answer, code: random.text(5) }
}

const answers = new AnswerEncoder()

/** Written by hand, read by the library. */
const answer = codecTarget<Answered>('raft-wire/queue-answer', {
  make: makeAnswer,
  encode: ({ answer, code }) => answers.response(answer, code),
  decode: (bytes) => {
    const { code, ...read } = queueService.definition.AddTrack.responseDeserialize(bytes)
    // The server counts from 0.
    return read.position < 0 || read.total < 0 ? null : { answer: { ...read, track: null }, code }
  },
  refusals: [Error],
})

export const raftWire: readonly Target[] = [append, appendRequest, appendReply, entry, answer]
