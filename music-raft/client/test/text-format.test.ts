import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queueResponseText, tracksText, trackText } from '../text-format.ts'

const track = { id: '8', title: 'Forwarding Test', artist: 'Me', votes: 0, duration: 180 }

test('D0 an answer with its queue reads as the original printed it', () => {
  const answer = { message: 'Queued by Leader', queue: [track], position: 1, total: 1, code: 'OK' }
  assert.equal(
    queueResponseText(answer),
    'message: "Queued by Leader"\nqueue {\n  id: "8"\n  title: "Forwarding Test"\n  artist: "Me"\n  duration: 180\n}\n',
  )
})

test('fields with default values are left out, numbers may be negative', () => {
  assert.equal(trackText({ id: '', title: '', artist: '', votes: 0, duration: 0 }), '')
  assert.equal(
    trackText({ ...track, title: '', votes: -2 }),
    'id: "8"\nartist: "Me"\nvotes: -2\nduration: 180\n',
  )
  assert.equal(tracksText([]), '')
})

const escapes: readonly [string, string][] = [
  ['plain ~!@#', 'plain ~!@#'],
  ['say "hi"', String.raw`say \"hi\"`],
  ["it's", String.raw`it\'s`],
  ['back\\slash', String.raw`back\\slash`],
  ['tab\tline\nreturn\r', String.raw`tab\tline\nreturn\r`],
  ['\u0000\u001b[2J\u007f', String.raw`\000\033[2J\177`],
  ['Zoë', String.raw`Zo\303\253`],
  ['音楽', String.raw`\351\237\263\346\245\275`],
  ['🎵', String.raw`\360\237\216\265`],
  // A digit after an octal escape must not become part of it.
  ['é1', String.raw`\303\2511`],
]

for (const [text, escaped] of escapes) {
  test(`text ${JSON.stringify(text)} is escaped as ${escaped}`, () => {
    assert.equal(
      trackText({ ...track, id: text, title: '', artist: '', duration: 0 }),
      `id: "${escaped}"\n`,
    )
  })
}
