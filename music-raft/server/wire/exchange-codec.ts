import {
  decodeAppend,
  decodeEnvelope,
  lengthOfAppend,
  lengthOfBlock,
  lengthOfEnvelope,
  lengthOfNumber,
  number,
  type WireAppend,
  type WireEnvelope,
  writeAppend,
  writeEnvelope,
} from './append-codec.ts'
import { BYTES, Reader, Writer } from './protobuf.ts'

// raft.PeerRequest and raft.PeerReply that carry an AppendEntries or its reply, by hand: nearly all of
// an Exchange is these two. The library does the others.

/** In both messages the field of AppendEntries, which goes alone. */
const APPEND_ENTRIES = 1
const APPEND_TAG = APPEND_ENTRIES * 8 + BYTES

/** raft.AppendReply. */
export interface WireAppendReply {
  readonly term: number
  readonly success: boolean
  readonly matchIndex: number
  readonly conflictIndex: number
  readonly conflictTerm: number
  readonly recovering: number
  readonly envelope: WireEnvelope | null
}

/** Fields of raft.AppendReply. */
const SUCCESS = 2
const ENVELOPE = 3

/** Whether an encoded message is an AppendEntries, or the reply to one, and nothing else. */
export function carriesAppend(bytes: Uint8Array): boolean {
  if (bytes[0] !== APPEND_TAG) return false
  const reader = new Reader(bytes)
  reader.next()
  reader.raw()
  return !reader.next()
}

export function encodeAppendRequest(append: WireAppend): Buffer {
  const length = lengthOfAppend(append)
  const writer = new Writer(lengthOfBlock(length))
  writer.tag(APPEND_ENTRIES, BYTES).varint(length)
  writeAppend(writer, append)
  return writer.bytes
}

/** Of a message that `carriesAppend`. Throws MalformedMessage. */
export function decodeAppendRequest(bytes: Uint8Array): WireAppend {
  return decodeAppend(blockOf(bytes))
}

export function encodeAppendReply(reply: WireAppendReply): Buffer {
  const { term, success, matchIndex, conflictIndex, conflictTerm, recovering, envelope } = reply
  const envelopeLength = envelope === null ? 0 : lengthOfEnvelope(envelope)
  let length = (success ? 2 : 0) + (envelope === null ? 0 : lengthOfBlock(envelopeLength))
  length += lengthOfNumber(term) + lengthOfNumber(matchIndex) + lengthOfNumber(conflictIndex)
  length += lengthOfNumber(conflictTerm) + lengthOfNumber(recovering)
  const writer = new Writer(lengthOfBlock(length))
  writer.tag(APPEND_ENTRIES, BYTES).varint(length)
  number(writer, 1, term)
  number(writer, 4, matchIndex)
  number(writer, 5, conflictIndex)
  number(writer, 6, conflictTerm)
  number(writer, 7, recovering)
  number(writer, SUCCESS, success ? 1 : 0)
  if (envelope !== null) {
    writer.tag(ENVELOPE, BYTES).varint(envelopeLength)
    writeEnvelope(writer, envelope)
  }
  return writer.bytes
}

/** Of a message that `carriesAppend`. Throws MalformedMessage. */
export function decodeAppendReply(bytes: Uint8Array): WireAppendReply {
  const reader = new Reader(blockOf(bytes))
  const numbers = [0, 0, 0, 0, 0, 0, 0, 0]
  let envelope: WireEnvelope | null = null
  while (reader.next()) {
    if (reader.field === ENVELOPE) envelope = decodeEnvelope(reader.raw())
    else if (reader.field < numbers.length) numbers[reader.field] = reader.number()
    else reader.skip()
  }
  const [, term = 0, success = 0, , matchIndex = 0, conflictIndex = 0, conflictTerm = 0] = numbers
  const recovering = numbers[7] ?? 0
  return {
    ...{ term, success: success !== 0, matchIndex, conflictIndex, conflictTerm, recovering },
    envelope,
  }
}

function blockOf(bytes: Uint8Array): Uint8Array {
  const reader = new Reader(bytes)
  reader.next()
  return reader.raw()
}
