import type { MethodDefinition } from '@grpc/proto-loader'
import { CodedError } from '../../../common/errors.ts'
import { loadService, type MethodName, type Service } from '../../../common/rpc.ts'
import type { AppendReply, AppendReply__Output } from '../../../protos/types/raft/AppendReply.ts'
import type { Envelope__Output } from '../../../protos/types/raft/Envelope.ts'
import type { PeerReply, PeerReply__Output } from '../../../protos/types/raft/PeerReply.ts'
import type { PeerRequest, PeerRequest__Output } from '../../../protos/types/raft/PeerRequest.ts'
import type { RaftServiceDefinition } from '../../../protos/types/raft/RaftService.ts'
import type { SnapshotArgs, SnapshotArgs__Output } from '../../../protos/types/raft/SnapshotArgs.ts'
import type { SnapshotMetadata__Output } from '../../../protos/types/raft/SnapshotMetadata.ts'
import { configurationOf } from '../../raft/configuration.ts'
import type { Message, Request, SnapshotMetadata } from '../../raft/messages.ts'
import { decodeAppend, encodeAppend, type WireAppend, type WireEnvelope } from './append-codec.ts'
import {
  carriesAppend,
  decodeAppendReply,
  decodeAppendRequest,
  encodeAppendReply,
  encodeAppendRequest,
  type WireAppendReply,
} from './exchange-codec.ts'
import { MalformedMessage } from './protobuf.ts'

/** What an AppendEntries call delivers: the message, or why its bytes are none. */
export type ReceivedAppend = WireAppend | MalformedMessage

/** A message of an Exchange: an AppendEntries alone, or anything else that raft.proto allows. */
export type SentToPeer =
  | { readonly kind: 'append'; readonly append: WireAppend }
  | { readonly kind: 'other'; readonly request: PeerRequest }
export type ReceivedFromPeer =
  | { readonly kind: 'append'; readonly append: ReceivedAppend }
  | { readonly kind: 'other'; readonly request: PeerRequest__Output }
export type SentReply =
  | { readonly kind: 'append'; readonly reply: WireAppendReply }
  | { readonly kind: 'other'; readonly reply: PeerReply }
export type ReceivedReply =
  | { readonly kind: 'append'; readonly reply: WireAppendReply }
  | { readonly kind: 'other'; readonly reply: PeerReply__Output }

/** RaftService with AppendEntries in our own encoding of the same bytes. */
export type RaftDefinition = {
  [M in MethodName<RaftServiceDefinition>]: M extends 'AppendEntries'
    ? MethodDefinition<WireAppend, AppendReply, ReceivedAppend, AppendReply__Output>
    : M extends 'Exchange'
      ? MethodDefinition<SentToPeer, SentReply, ReceivedFromPeer, ReceivedReply>
      : RaftServiceDefinition[M]
}

export const raftService = withOwnCodecs(
  loadService<RaftServiceDefinition>('raft.proto', 'raft.RaftService'),
)

function withOwnCodecs(service: Service<RaftServiceDefinition>): Service<RaftDefinition> {
  const { definition, packageDefinition } = service
  const AppendEntries = {
    ...definition.AppendEntries,
    requestSerialize: encodeAppend,
    requestDeserialize: receivedAppend,
  }
  const Exchange = exchangeWithOwnCodec(definition.Exchange)
  return {
    definition: { ...definition, AppendEntries, Exchange } as never,
    packageDefinition,
  }
}

function exchangeWithOwnCodec(library: RaftServiceDefinition['Exchange']) {
  return {
    ...library,
    requestSerialize: (sent: SentToPeer) =>
      sent.kind === 'append'
        ? encodeAppendRequest(sent.append)
        : library.requestSerialize(sent.request),
    requestDeserialize: (bytes: Buffer): ReceivedFromPeer => {
      const append = ifMalformed(() => (carriesAppend(bytes) ? decodeAppendRequest(bytes) : null))
      if (append !== null) return { kind: 'append', append }
      return { kind: 'other', request: library.requestDeserialize(bytes) }
    },
    responseSerialize: (sent: SentReply) =>
      sent.kind === 'append'
        ? encodeAppendReply(sent.reply)
        : library.responseSerialize(sent.reply),
    responseDeserialize: (bytes: Buffer): ReceivedReply =>
      carriesAppend(bytes)
        ? { kind: 'append', reply: decodeAppendReply(bytes) }
        : { kind: 'other', reply: library.responseDeserialize(bytes) },
  }
}

/** A deserializer that throws is answered with INTERNAL; the fault is the sender's. */
function receivedAppend(bytes: Buffer): ReceivedAppend {
  return ifMalformed(() => decodeAppend(bytes))
}

function ifMalformed<T>(decode: () => T): T | MalformedMessage {
  try {
    return decode()
  } catch (error) {
    if (error instanceof MalformedMessage) return error
    throw error
  }
}

/** Sender and receiver of a message, and its number. */
export type Envelope = Pick<Message, 'from' | 'to' | 'sequence'>

export function wireEnvelope({ from, to, sequence }: Envelope, clusterId: string): WireEnvelope {
  return { clusterId, from, to, sequence }
}

/** Throws CodedError INVALID_ARGUMENT: every message of a node has one. */
export function checkEnvelope(envelope: WireEnvelope | Envelope__Output | null): WireEnvelope {
  if (envelope === null) return invalid('envelope is missing')
  const { clusterId, from, to, sequence } = envelope
  count('envelope.from', from)
  count('envelope.to', to)
  count('envelope.sequence', sequence)
  return { clusterId, from, to, sequence }
}

/** Throws CodedError INVALID_ARGUMENT unless `value` is a whole number that is exact. */
export function count(field: string, value: number): number {
  return Number.isSafeInteger(value) && value >= 0
    ? value
    : invalid(`${field} must be a whole number from 0 to 2^53 - 1`)
}

export function invalid(detail: string): never {
  throw new CodedError('INVALID_ARGUMENT', detail)
}

/** The wire form of a snapshot chunk whose bytes have been read. */
export function encodeSnapshotChunk(
  message: Extract<Request, { type: 'InstallSnapshot' }>,
  clusterId: string,
  data: Uint8Array,
  chunkChecksum: number,
): SnapshotArgs {
  const { term, snapshot, offset, done } = message
  const { lastIncludedIndex, lastIncludedTerm, configuration, size, checksum } = snapshot
  return {
    term,
    envelope: wireEnvelope(message, clusterId),
    snapshot: {
      ...{ lastIncludedIndex, lastIncludedTerm, size, checksum },
      configuration: {
        voters: [...configuration.voters],
        learners: [...configuration.learners],
      },
    },
    ...{ offset, done, data: Buffer.from(data.buffer, data.byteOffset, data.length) },
    chunkChecksum,
  }
}

/** Throws CodedError INVALID_ARGUMENT. */
export function decodeSnapshotMetadata(wire: SnapshotMetadata__Output | null): SnapshotMetadata {
  if (wire === null || wire.configuration === null) return invalid('snapshot is incomplete')
  const { lastIncludedIndex, lastIncludedTerm, size, checksum, configuration } = wire
  return {
    lastIncludedIndex: count('snapshot.last_included_index', lastIncludedIndex),
    lastIncludedTerm: count('snapshot.last_included_term', lastIncludedTerm),
    size: count('snapshot.size', size),
    checksum: count('snapshot.checksum', checksum),
    configuration: configurationOf(configuration.voters, configuration.learners),
  }
}

/** A chunk as the core takes it. Throws CodedError INVALID_ARGUMENT. */
export function decodeSnapshotChunk(
  args: SnapshotArgs__Output,
  envelope: WireEnvelope,
): Extract<Request, { type: 'InstallSnapshot' }> {
  const { data, done } = args
  return {
    type: 'InstallSnapshot',
    ...{ from: envelope.from, to: envelope.to, sequence: envelope.sequence },
    term: count('term', args.term),
    snapshot: decodeSnapshotMetadata(args.snapshot),
    offset: count('offset', args.offset),
    length: data.length,
    ...{ data, done },
  }
}
