import type { Entry, LogIndex, Term } from '../../raft/messages.ts'
import { BYTES, MalformedMessage, Reader, VARINT, varintLength, Writer } from './protobuf.ts'

// raft.LogEntry: term=1, command=2, data=3, index=4. Written by hand because its bytes are also the
// record on disk: made once, by the node that accepts the command, and carried unchanged after.

const TERM = 1
const COMMAND = 2
const DATA = 3
const INDEX = 4
/** A word of capital letters, like ADD. */
const WORD = /^[A-Z]{1,16}$/

/** The first byte of every encoded entry: the tag of its term. */
export const ENTRY_FIRST_BYTE = TERM * 8 + VARINT

export function encodeEntry(entry: {
  readonly term: Term
  readonly index: LogIndex
  readonly command: string
  readonly data: Uint8Array
}): Uint8Array {
  const { term, index, command, data } = entry
  const dataLength = data.length === 0 ? 0 : 1 + varintLength(data.length) + data.length
  const length = 4 + varintLength(term) + varintLength(index) + command.length + dataLength
  const writer = new Writer(length).tag(TERM, VARINT).varint(term)
  writer.tag(COMMAND, BYTES).varint(command.length).ascii(command)
  if (data.length > 0) writer.tag(DATA, BYTES).varint(data.length).raw(data)
  return writer.tag(INDEX, VARINT).varint(index).bytes
}

/**
 * What `encodeEntry` made, here or on another node. `encoded` and `data` of the result share the
 * memory of `bytes`. Throws MalformedMessage.
 */
export function decodeEntry(bytes: Uint8Array): Entry {
  const reader = new Reader(bytes)
  let term = 0
  let index = 0
  let command = ''
  let data: Uint8Array = EMPTY
  while (reader.next()) {
    if (reader.field === TERM) term = reader.number()
    else if (reader.field === COMMAND) command = reader.oneOf(words) ?? wordOf(reader.raw())
    else if (reader.field === DATA) data = reader.raw()
    else if (reader.field === INDEX) index = reader.number()
    else reader.skip()
  }
  if (term === 0 || index === 0) throw new MalformedMessage('an entry has no term or no index')
  if (command === '') throw new MalformedMessage('an entry has no command')
  // It goes to disk as it is, and there the first byte tells an entry from other records.
  if (bytes[0] !== ENTRY_FIRST_BYTE) throw new MalformedMessage('an entry must begin with its term')
  return { term, index, command, data, encoded: bytes }
}

const EMPTY = new Uint8Array(0)
/** The few words there are, as they were met, so that entries share their strings. */
const words: string[] = []
const MAX_WORDS = 16

function wordOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (!WORD.test(text)) throw new MalformedMessage('a command is 1 to 16 capital letters')
  if (words.length < MAX_WORDS) words.push(text)
  return text
}
