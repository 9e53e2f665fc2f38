import type { Entry } from '../../raft/messages.ts'
import { decodeEntry } from './entry-codec.ts'
import { BYTES, MalformedMessage, Reader, VARINT, varintLength, Writer } from './protobuf.ts'

// raft.AppendArgs, by hand: entries are spliced in as the bytes they already are, and taken out
// again as such. Everything else is small numbers.

/** raft.Envelope. */
export interface WireEnvelope {
  readonly clusterId: string
  readonly from: number
  readonly to: number
  readonly sequence: number
}

/** raft.AppendArgs, with entries in the core's form. */
export interface WireAppend {
  readonly term: number
  readonly leaderId: number
  readonly prevLogIndex: number
  readonly prevLogTerm: number
  readonly entries: readonly Entry[]
  readonly leaderCommit: number
  readonly envelope: WireEnvelope | null
  readonly recoveryNonce: number
  readonly recoveryBarrier: number
}

// Field by field, without a table: of one write at a time these are nearly all messages.

const ENTRIES = 5
const ENVELOPE = 7
const CLUSTER_ID = 1

export function encodeAppend(message: WireAppend): Buffer {
  const writer = new Writer(lengthOfAppend(message))
  writeAppend(writer, message)
  return writer.bytes
}

export function lengthOfAppend(message: WireAppend): number {
  const { entries, envelope } = message
  let length = envelope === null ? 0 : lengthOfBlock(lengthOfEnvelope(envelope))
  length += lengthOfNumber(message.term) + lengthOfNumber(message.leaderId)
  length += lengthOfNumber(message.prevLogIndex) + lengthOfNumber(message.prevLogTerm)
  length += lengthOfNumber(message.leaderCommit)
  length += lengthOfNumber(message.recoveryNonce) + lengthOfNumber(message.recoveryBarrier)
  for (const { encoded } of entries) length += lengthOfBlock(encoded.length)
  return length
}

export function writeAppend(writer: Writer, message: WireAppend): void {
  const { entries, envelope } = message
  number(writer, 1, message.term)
  number(writer, 2, message.leaderId)
  number(writer, 3, message.prevLogIndex)
  number(writer, 4, message.prevLogTerm)
  number(writer, 6, message.leaderCommit)
  number(writer, 8, message.recoveryNonce)
  number(writer, 9, message.recoveryBarrier)
  if (envelope !== null) {
    writer.tag(ENVELOPE, BYTES).varint(lengthOfEnvelope(envelope))
    writeEnvelope(writer, envelope)
  }
  for (const { encoded } of entries) {
    writer.tag(ENTRIES, BYTES).varint(encoded.length).raw(encoded)
  }
}

/** Throws MalformedMessage. Entries share the memory of `bytes`. */
export function decodeAppend(bytes: Uint8Array): WireAppend {
  const reader = new Reader(bytes)
  const numbers = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  const entries: Entry[] = []
  let envelope: WireEnvelope | null = null
  while (reader.next()) {
    if (reader.field === ENTRIES) entries.push(decodeEntry(reader.raw()))
    else if (reader.field === ENVELOPE) envelope = decodeEnvelope(reader.raw())
    else if (reader.type === VARINT && reader.field <= 9) numbers[reader.field] = reader.varint()
    else reader.skip()
  }
  const of = (field: number) => numbers[field] ?? 0
  return {
    ...{ term: of(1), leaderId: of(2), prevLogIndex: of(3), prevLogTerm: of(4), entries },
    ...{ leaderCommit: of(6), envelope, recoveryNonce: of(8), recoveryBarrier: of(9) },
  }
}

export function decodeEnvelope(bytes: Uint8Array): WireEnvelope {
  const reader = new Reader(bytes)
  let clusterId = ''
  const numbers = [0, 0, 0]
  while (reader.next()) {
    if (reader.field === CLUSTER_ID) clusterId = asciiOf(reader.raw())
    else if (reader.field >= 2 && reader.field <= 4) numbers[reader.field - 2] = reader.number()
    else reader.skip()
  }
  const [from = 0, to = 0, sequence = 0] = numbers
  return { clusterId, from, to, sequence }
}

/** A cluster id is a UUID; anything longer is none. */
const MAX_CLUSTER_ID = 64

function asciiOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_CLUSTER_ID) throw new MalformedMessage('a cluster id is too long')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

export function lengthOfEnvelope({ clusterId, from, to, sequence }: WireEnvelope): number {
  const id = clusterId === '' ? 0 : lengthOfBlock(clusterId.length)
  return id + lengthOfNumber(from) + lengthOfNumber(to) + lengthOfNumber(sequence)
}

export function writeEnvelope(writer: Writer, envelope: WireEnvelope): void {
  const { clusterId, from, to, sequence } = envelope
  if (clusterId !== '') writer.tag(CLUSTER_ID, BYTES).varint(clusterId.length).ascii(clusterId)
  number(writer, 2, from)
  number(writer, 3, to)
  number(writer, 4, sequence)
}

/** proto3 leaves out what is 0. */
export function number(writer: Writer, field: number, value: number): void {
  if (value !== 0) writer.tag(field, VARINT).varint(value)
}

export const lengthOfNumber = (value: number) => (value === 0 ? 0 : 1 + varintLength(value))
export const lengthOfBlock = (length: number) => 1 + varintLength(length) + length
