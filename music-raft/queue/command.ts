import { ByteReader, ByteWriter } from './bytes.ts'
import { QueueError } from './errors.ts'
import { unreachable } from './unreachable.ts'
import {
  checkClientId,
  checkId,
  checkLimit,
  checkNewTrack,
  checkRequestId,
  checkUp,
  type NewTrack,
  type RequestIdentity,
} from './validate.ts'

/** What a command does, with the bound that its effect is held to (see `Limits`). */
export type Operation =
  | ({ readonly kind: 'ADD'; readonly maxTracks: number } & NewTrack)
  | { readonly kind: 'REMOVE'; readonly id: string }
  | { readonly kind: 'VOTE'; readonly id: string; readonly up: boolean }
  | { readonly kind: 'PLAY'; readonly maxHistory: number }

/** The words of `raft.LogEntry.command` that are the queue's. */
export type Word = Operation['kind']

export interface Command {
  /** null: a client that sent no identity; nothing is remembered of it. */
  readonly identity: (RequestIdentity & { readonly maxSessions: number }) | null
  readonly operation: Operation
}

/**
 * A build that meets a format it does not know refuses the command, one that knows it applies it:
 * they would diverge. A new format may be written only once every member of the cluster reads it.
 */
const FORMAT = 1
/** Their places are part of both formats, command and snapshot: add at the end only. */
export const WORDS: readonly Word[] = ['ADD', 'REMOVE', 'VOTE', 'PLAY']
const HAS_IDENTITY = 0x80
const [ZERO, NINE, A, DASH] = [0x30, 0x39, 0x61, 0x2d]
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
/** Reused, as a typed array costs more than what is written to it; nothing in it outlives a call. */
const scratch = new ByteWriter()

/** Whether a log entry's word is one that `QueueMachine.apply` takes. */
export function isWord(word: string): word is Word {
  return WORDS.some((known) => known === word)
}

/**
 * Encodes a command, once, at the node that accepts it. Layout (varint: LEB128; text: varint length
 * and UTF-8): format byte 1; operation byte (place in ADD REMOVE VOTE PLAY, from 1; +0x80 with
 * identity); [client id 16 bytes, varint request id, varint maxSessions]; then
 * ADD: varint maxTracks, text id, title, artist, varint duration · REMOVE: text id ·
 * VOTE: text id, byte up · PLAY: varint maxHistory.
 * @throws QueueError INVALID_ARGUMENT: what is encoded can always be decoded.
 */
export function encodeCommand(command: Command): Buffer {
  const { identity, operation } = command
  if (identity !== null) checkBounds(identity)
  checkOperation(operation)
  scratch.clear()
  const writer = scratch.byte(FORMAT)
  writer.byte((WORDS.indexOf(operation.kind) + 1) | (identity === null ? 0 : HAS_IDENTITY))
  if (identity !== null) {
    writeUuid(writer, checkClientId(identity.clientId))
    writer.varint(identity.requestId).varint(identity.maxSessions)
  }
  switch (operation.kind) {
    case 'ADD':
      writer.varint(operation.maxTracks).text(operation.id).text(operation.title)
      return writer.text(operation.artist).varint(operation.duration).takeSmall()
    case 'REMOVE':
      return writer.text(operation.id).takeSmall()
    case 'VOTE':
      return writer
        .text(operation.id)
        .byte(operation.up ? 1 : 0)
        .takeSmall()
    case 'PLAY':
      return writer.varint(operation.maxHistory).takeSmall()
    default:
      return unreachable(operation)
  }
}

/**
 * Decodes what `encodeCommand` made; any other bytes are refused, so a command has one encoding.
 * @throws QueueError MALFORMED_COMMAND saying why.
 */
export function decodeCommand(bytes: Uint8Array): Command {
  const reader = new ByteReader(bytes, 'MALFORMED_COMMAND')
  const format = reader.byte()
  if (format !== FORMAT) reader.fail(`its format is ${format}, this build knows ${FORMAT}`)
  const tag = reader.byte()
  const identity =
    (tag & HAS_IDENTITY) === 0
      ? null
      : {
          clientId: readUuid(reader),
          requestId: reader.varint(),
          maxSessions: reader.varint(),
        }
  const operation = readOperation(reader, WORDS[(tag & ~HAS_IDENTITY) - 1])
  reader.end()
  try {
    if (identity !== null) checkBounds(identity)
    checkOperation(operation)
    return { identity, operation }
  } catch (error) {
    if (error instanceof QueueError) return reader.fail(error.message)
    throw error
  }
}

function readOperation(reader: ByteReader, word: Word | undefined): Operation {
  switch (word) {
    case 'ADD':
      return {
        kind: word,
        maxTracks: reader.varint(),
        id: reader.text(),
        title: reader.text(),
        artist: reader.text(),
        duration: reader.varint(),
      }
    case 'REMOVE':
      return { kind: word, id: reader.text() }
    case 'VOTE': {
      const id = reader.text()
      const up = reader.byte()
      return up > 1 ? reader.fail('up is neither 0 nor 1') : { kind: word, id, up: up === 1 }
    }
    case 'PLAY':
      return { kind: word, maxHistory: reader.varint() }
    case undefined:
      return reader.fail('its operation is unknown')
    default:
      return unreachable(word)
  }
}

/** Any 16 bytes are a client id; of an identity that was read the numbers can be wrong. */
function checkBounds({ requestId, maxSessions }: NonNullable<Command['identity']>): void {
  checkRequestId(requestId)
  checkLimit('maxSessions', maxSessions)
}

function checkOperation(operation: Operation): void {
  switch (operation.kind) {
    case 'ADD':
      checkLimit('maxTracks', operation.maxTracks)
      checkNewTrack(operation)
      return
    case 'REMOVE':
      checkId(operation.id)
      return
    case 'VOTE':
      checkId(operation.id)
      checkUp(operation.up)
      return
    case 'PLAY':
      checkLimit('maxHistory', operation.maxHistory)
      return
    default:
      unreachable(operation)
  }
}

/** 16 bytes for the 36 characters of a canonical UUID. */
export function writeUuid(writer: ByteWriter, uuid: string): void {
  for (let i = 0; i < uuid.length; i += 2) {
    if (uuid.charCodeAt(i) === DASH) i++
    writer.byte(nibble(uuid.charCodeAt(i)) * 16 + nibble(uuid.charCodeAt(i + 1)))
  }
}

export function readUuid(reader: ByteReader): string {
  return seenUuids.textOf(reader.raw(16))
}

/**
 * Texts of ids seen lately: most commands come from clients that just wrote, and to put 36 characters
 * together takes longer than all else that is read of a command.
 */
class SeenUuids {
  readonly #words = new Int32Array(SEEN * 4)
  readonly #texts: (string | undefined)[] = new Array(SEEN).fill(undefined)

  textOf(bytes: Uint8Array): string {
    const words = this.#words
    const [a, b, c, d] = [wordAt(bytes, 0), wordAt(bytes, 4), wordAt(bytes, 8), wordAt(bytes, 12)]
    const mixed = Math.imul(a ^ Math.imul(b, 5) ^ Math.imul(c, 17) ^ Math.imul(d, 257), 0x9e3779b1)
    const slot = mixed >>> (32 - SEEN_BITS)
    const at = slot * 4
    const known = this.#texts[slot]
    const isSame = words[at] === a && words[at + 1] === b && words[at + 2] === c
    if (known !== undefined && isSame && words[at + 3] === d) return known
    const text = uuidOf(bytes)
    words[at] = a
    words[at + 1] = b
    words[at + 2] = c
    words[at + 3] = d
    this.#texts[slot] = text
    return text
  }
}

const SEEN_BITS = 10
const SEEN = 1 << SEEN_BITS
const seenUuids = new SeenUuids()

function wordAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
  return low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
}

function uuidOf(bytes: Uint8Array): string {
  let uuid = ''
  for (let i = 0; i < bytes.length; i++) {
    uuid += (i === 4 || i === 6 || i === 8 || i === 10 ? '-' : '') + HEX[bytes[i] ?? 0]
  }
  return uuid
}

function nibble(digit: number): number {
  return digit <= NINE ? digit - ZERO : digit - A + 10
}
