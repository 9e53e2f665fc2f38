import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import type { Track__Output } from '../../protos/types/queue/Track.ts'

/**
 * Messages in protobuf's text format, as Python prints them: fields in order of their numbers, those
 * with default values left out. Only the original's fields, so that what scripts read stays the same.
 * Every field ends with a line break; a message of defaults is the empty text.
 */
export function trackText(track: Track__Output, indent = ''): string {
  const { id, title, artist, votes, duration } = track
  const fields = [
    ...textField('id', id),
    ...textField('title', title),
    ...textField('artist', artist),
    ...numberField('votes', votes),
    ...numberField('duration', duration),
  ]
  return fields.map((field) => `${indent}${field}\n`).join('')
}

export function queueResponseText({ message, queue }: QueueResponse__Output): string {
  const head = textField('message', message).map((field) => `${field}\n`)
  return head.join('') + tracksText(queue)
}

/** The tracks as the repeated field `queue`. */
export function tracksText(tracks: readonly Track__Output[]): string {
  return tracks.map((track) => `queue {\n${trackText(track, '  ')}}\n`).join('')
}

function textField(name: string, value: string): readonly string[] {
  return value === '' ? [] : [`${name}: "${escaped(value)}"`]
}

function numberField(name: string, value: number): readonly string[] {
  return value === 0 ? [] : [`${name}: ${value}`]
}

const PLAIN = /^[\x20\x21\x23-\x26\x28-\x5b\x5d-\x7e]*$/
const NAMED: ReadonlyMap<number, string> = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x27, "\\'"],
  [0x5c, '\\\\'],
])

/** C escapes byte by byte, octal for what is not visible ASCII: nothing in a title can move a cursor. */
function escaped(text: string): string {
  if (PLAIN.test(text)) return text
  let result = ''
  for (const byte of Buffer.from(text)) result += NAMED.get(byte) ?? escapeByte(byte)
  return result
}

function escapeByte(byte: number): string {
  return byte >= 0x20 && byte < 0x7f
    ? String.fromCharCode(byte)
    : `\\${byte.toString(8).padStart(3, '0')}`
}
