import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MessageEvent } from '../../../server/event-stream/types.ts'
import { MOST_DRAWN, pictureOf, styleOf } from '../lanes.ts'
import { MessageLog } from '../messages.ts'
import { DELAY_MS, SPAN_MS, ViewClock } from '../view-clock.ts'

const ALL = { heartbeats: true, answers: true }

function append(number: number, more: Partial<MessageEvent> = {}): MessageEvent {
  return {
    ...{ kind: 'message', direction: 'sent', type: 'AppendEntries', from: 1, to: 2, term: 1 },
    ...{ number, entries: 1, ...more },
  }
}

test('the two ends of a message make one arrow, whichever is told first', () => {
  const log = new MessageLog()
  log.takeMessage(append(1), 100)
  log.takeMessage(append(1, { direction: 'received' }), 103)
  log.takeMessage(append(2, { direction: 'received' }), 205)
  log.takeMessage(append(2), 204)
  const ends = [...log.arrows].map(({ sentAt, receivedAt }) => [sentAt, receivedAt])
  assert.deepEqual(ends, [
    [100, 103],
    [204, 205],
  ])
})

test('a request, its answer and its pre-vote are different messages', () => {
  const log = new MessageLog()
  log.takeMessage(append(1, { type: 'RequestVote', preVote: true }), 1)
  log.takeMessage(append(1, { type: 'RequestVote', preVote: false }), 2)
  log.takeMessage(append(1, { type: 'RequestVoteResponse', from: 2, to: 1, success: false }), 3)
  assert.deepEqual([...log.arrows].map(styleOf), ['election', 'election', 'refusal'])
})

test('one end alone says nothing of the other', () => {
  const log = new MessageLog()
  log.takeMessage(append(1), 100)
  assert.equal(log.arrows.at(0)?.receivedAt, null)
})

test('few messages are drawn one by one', () => {
  const log = new MessageLog()
  for (let number = 0; number < 50; number += 1) log.takeMessage(append(number), 1000 + number)
  const { arrows, sheaves, messages } = pictureOf(log, 1010, 1030, ALL)
  assert.deepEqual([arrows.length, sheaves.length, messages], [21, 0, 21])
})

test('many messages are drawn together, none is lost, and votes stay', () => {
  const log = new MessageLog()
  for (let number = 0; number < 5000; number += 1) log.takeMessage(append(number), 1000 + number)
  log.takeMessage(append(9, { type: 'RequestVote' }), 3000)
  const { arrows, sheaves, messages } = pictureOf(log, 1000, 7000, ALL)
  assert.equal(messages, 5001)
  assert.deepEqual(
    arrows.map(({ type }) => type),
    ['RequestVote'],
  )
  assert.ok(sheaves.length <= 26, `${sheaves.length}`)
  assert.equal(
    sheaves.reduce((sum, { count }) => sum + count, 0),
    5000,
  )
})

test('slices keep what is in them while time goes on', () => {
  const log = new MessageLog()
  for (let number = 0; number < 5000; number += 1) log.takeMessage(append(number), 1000 + number)
  const middle = (begin: number) =>
    pictureOf(log, begin, begin + 4800, ALL).sheaves.find((sheaf) => sheaf.begin === 3000)
  assert.deepEqual(middle(1000), middle(1077))
})

test('messages told as a number are counted once, though both ends tell them', () => {
  const log = new MessageLog()
  const counts = (direction: 'sent' | 'received', peer: number) => ({
    ...{ kind: 'messages' as const, spanMs: 100 },
    counts: [{ direction, peer, type: 'AppendEntries' as const, count: 30 }],
  })
  log.takeMessages(1, counts('sent', 2), 1100)
  log.takeMessages(2, counts('received', 1), 1101)
  log.takeMessages(3, counts('received', 1), 1101)
  const { sheaves, messages } = pictureOf(log, 1000, 1400, ALL)
  assert.equal(messages, 60, 'what only the receiver told counts too')
  assert.deepEqual(sheaves.map(({ from, to, count }) => [from, to, count]).toSorted(), [
    [1, 2, 30],
    [1, 3, 30],
  ])
})

test('heartbeats and answers can be left out', () => {
  const log = new MessageLog()
  log.takeMessage(append(1, { entries: 0 }), 10)
  log.takeMessage(append(1, { type: 'AppendEntriesResponse', from: 2, to: 1, success: true }), 11)
  log.takeMessage(append(2), 12)
  const drawn = (filter: { heartbeats: boolean; answers: boolean }) =>
    pictureOf(log, 0, 100, filter).arrows.map(styleOf).toSorted()
  assert.deepEqual(drawn({ heartbeats: false, answers: false }), ['entries'])
  assert.deepEqual(drawn({ heartbeats: true, answers: false }), ['entries', 'heartbeat'])
  assert.deepEqual(drawn(ALL), ['answer', 'entries', 'heartbeat'])
})

test('a picture has no more arrows than can be drawn', () => {
  const log = new MessageLog()
  for (let number = 0; number < 3000; number += 1) {
    log.takeMessage(append(number, { type: 'RequestVote' }), 1000 + number)
  }
  assert.ok(pictureOf(log, 1000, 4000, ALL).arrows.length <= MOST_DRAWN)
})

test('live, the picture ends a little before the present', () => {
  const clock = new ViewClock()
  assert.equal(clock.end(10_000, 16, 0), 10_000 - DELAY_MS)
  assert.equal(clock.span, SPAN_MS)
})

test('a pause holds the picture, and going on returns to the present', () => {
  const clock = new ViewClock()
  clock.end(10_000, 16, 0)
  clock.pause(true)
  const held = clock.end(10_100, 16, 0)
  assert.equal(clock.end(15_000, 16, 0), held)
  clock.pause(false)
  assert.equal(clock.end(15_000, 16, 0), 15_000 - DELAY_MS)
})

test('slow motion goes as much slower as it shows less, from the moment shown', () => {
  const clock = new ViewClock()
  clock.setSpeed(0.1)
  assert.equal(clock.span, SPAN_MS / 10)
  const begin = clock.end(10_000, 0, 0)
  assert.equal(clock.end(11_000, 1000, 0), begin + 100)
  clock.setSpeed(1)
  assert.equal(clock.end(12_000, 16, 0), 12_000 - DELAY_MS)
})

test('slow motion never shows what is forgotten, nor the future', () => {
  const clock = new ViewClock()
  clock.setSpeed(0.01)
  clock.end(10_000, 0, 0)
  assert.ok(clock.end(100_000, 16, 90_000) >= 90_000)
  clock.shift(1e9, 100_000)
  assert.equal(clock.end(100_000, 16, 0), 100_000 - DELAY_MS)
})
