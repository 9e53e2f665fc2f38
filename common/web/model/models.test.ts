import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backOffMs } from './back-off.ts'
import { Bounded } from './bounded.ts'
import { ClockOffset } from './clock-offset.ts'
import { SseParser } from './sse-parser.ts'
import { ageText, countText, durationText, lengthText } from './time-format.ts'
import { windowOf } from './window-of.ts'

test('Bounded keeps the last ones in order and counts what it let go', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 9 }), (items, capacity) => {
      const kept = new Bounded<number>(capacity)
      for (const item of items) kept.push(item)
      assert.deepEqual([...kept], items.slice(-capacity))
      assert.equal(kept.forgotten, Math.max(0, items.length - capacity))
      assert.equal(kept.at(-1), items.at(-1))
      assert.equal(kept.at(capacity), undefined)
    }),
  )
})

test('Bounded drops from its old end', () => {
  const kept = new Bounded<number>(4)
  for (const item of [1, 2, 3, 4, 5]) kept.push(item)
  kept.dropWhile((item) => item < 4)
  assert.deepEqual([...kept], [4, 5])
  kept.push(6)
  assert.deepEqual([...kept], [4, 5, 6])
})

const STREAM =
  'retry: 1000\n\nid: a-1\ndata: {"x":1}\n\n: \n\ndata: {"y":2}\ndata: more\n\nid: a-2\r\ndata: z\r\n\r\n'

test('server-sent events are the same wherever the stream is cut', () => {
  const expected = [
    { id: 'a-1', data: '{"x":1}' },
    { id: '', data: '{"y":2}\nmore' },
    { id: 'a-2', data: 'z' },
  ]
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    const parser = new SseParser()
    assert.deepEqual(
      [...parser.push(STREAM.slice(0, cut)), ...parser.push(STREAM.slice(cut))],
      expected,
    )
  }
})

test('an event without an end does not fill the memory', () => {
  const parser = new SseParser()
  const much = 'x'.repeat(1024 * 1024)
  assert.throws(() => {
    for (let times = 0; times < 10; times += 1) parser.push(much)
  }, RangeError)
})

test('back-off doubles, has an end and is spread', () => {
  const options = { firstMs: 400, mostMs: 5000 }
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map((failures) => backOffMs(failures, options, () => 0.5)),
    [400, 800, 1600, 3200, 5000, 5000],
  )
  assert.equal(
    backOffMs(1, options, () => 0),
    300,
  )
  assert.equal(
    backOffMs(1, options, () => 1),
    500,
  )
})

test('durations and counts for people', () => {
  const texts = [0, 999, 1000, 9990, 59_999, 60_000, 200_000, 3_600_000, 90_000_000].map(
    durationText,
  )
  assert.deepEqual(texts, [
    ...['0 ms', '999 ms', '1.0 s', '9.9 s', '59 s', '1 min', '3 min 20 s', '1 h', '1 d 1 h'],
  ])
  assert.deepEqual([500, 1500, 12_900].map(ageText), ['less than 1 s', '1 s', '12 s'])
  assert.deepEqual([0, 65, 3723].map(lengthText), ['0:00', '1:05', '1:02:03'])
  assert.deepEqual([7, 1234, 1_234_567].map(countText), ['7', '1\u202f234', '1\u202f234\u202f567'])
})

test('the window of a list covers what is in sight and is small', () => {
  const any = fc.record({
    top: fc.integer({ min: 0, max: 10_000_000 }),
    height: fc.integer({ min: 0, max: 2000 }),
    rowHeight: fc.integer({ min: 10, max: 80 }),
    count: fc.integer({ min: 0, max: 100_000 }),
  })
  fc.assert(
    fc.property(any, (viewport) => {
      const { first, end } = windowOf(viewport)
      const { top, height, rowHeight, count } = viewport
      assert.ok(first >= 0 && first <= end && end <= count)
      assert.ok(end - first <= height / rowHeight + 14)
      const inSight = Math.floor(top / rowHeight)
      if (inSight < count) assert.ok(first <= inSight && inSight < end)
    }),
  )
})

test('the offset of a clock is the least that was seen lately', () => {
  const offset = new ClockOffset()
  for (let second = 0; second < 10; second += 1) {
    offset.take(second * 1000, second * 1000 + 5000 + (second === 4 ? 3 : 400))
  }
  assert.equal(offset.ms, 5003)
  assert.equal(offset.toHere(1), 5004)
  assert.equal(offset.toThere(5004), 1)
  // An old one is forgotten: clocks drift and are set.
  for (let second = 10; second < 80; second += 1) {
    offset.take(second * 1000, second * 1000 + 6000)
  }
  assert.equal(offset.ms, 6000)
})
