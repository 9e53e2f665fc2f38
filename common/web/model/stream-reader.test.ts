import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AnyEvent, StreamReader } from './stream-reader.ts'

interface State {
  readonly value: number
}

function reader(): StreamReader<State> {
  return new StreamReader<State>({
    change: (state, event) => (event.kind === 'set' ? { value: Number(event['value']) } : state),
    story: new Set(['rare']),
  })
}

function event(
  sequence: number,
  kind: string,
  rest: object = {},
  node = 'a',
  start = 's1',
): AnyEvent {
  return { node, start, sequence, time: 1000 + sequence, kind, ...rest }
}

const hello = (sequence: number, resumed = 'fresh', start = 's1') =>
  event(sequence, 'hello', { stream: 'cluster', resumed, missed: 0 }, 'a', start)
const snapshot = (sequence: number, value: number, start = 's1', node = 'a') =>
  event(sequence, 'snapshot', { state: { value }, story: [] }, node, start)

test('the state is that of the snapshot or status with the highest sequence', () => {
  const stream = reader()
  stream.take(hello(4), 1)
  stream.take(snapshot(4, 40), 1)
  stream.take(event(5, 'status', { state: { value: 50 } }), 1)
  stream.take(snapshot(4, 40), 1)
  assert.deepEqual(stream.node('a')?.state, { value: 50 })
})

test('an event with a higher sequence changes the state, one with a lower one does not', () => {
  const stream = reader()
  stream.take(snapshot(4, 40), 1)
  stream.take(event(5, 'set', { value: 51 }), 1)
  assert.deepEqual(stream.node('a')?.state, { value: 51 })
  const late = stream.take(event(3, 'set', { value: 31 }), 1)
  assert.equal(late?.repeated, true)
  assert.deepEqual(stream.node('a')?.state, { value: 51 })
})

test('an event at the sequence of the snapshot is in it already', () => {
  const stream = reader()
  stream.take(snapshot(4, 40), 1)
  stream.take(event(4, 'set', { value: 41 }), 1)
  assert.deepEqual(stream.node('a')?.state, { value: 40 })
})

test('a hole in the sequence is a gap, counted', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(1, 0), 1)
  stream.take(event(2, 'plain'), 1)
  const taken = stream.take(event(6, 'plain'), 1)
  assert.equal(taken?.gap, 3)
  assert.equal(stream.node('a')?.missed, 3)
})

test('what a stream leaves out at its beginning is no gap, and what it leaves out later is', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(10, 1, 's1', 'b'), 1)
  for (const sequence of [14, 19]) {
    assert.equal(stream.take(event(sequence, 'rare', {}, 'b'), 1)?.gap, 0)
  }
  assert.equal(stream.take(event(30, 'status', { state: { value: 3 } }, 'b'), 1)?.gap, 0)
  assert.equal(stream.take(event(33, 'plain', {}, 'b'), 1)?.gap, 0, 'the stream goes on there')
  assert.equal(stream.take(event(36, 'plain', {}, 'b'), 1)?.gap, 2)
})

test('two statuses after each other end the beginning of a stream', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(10, 1, 's1', 'b'), 1)
  stream.take(event(20, 'status', { state: { value: 2 } }, 'b'), 1)
  stream.take(event(22, 'status', { state: { value: 2 } }, 'b'), 1)
  assert.equal(stream.take(event(30, 'rare', {}, 'b'), 1)?.gap, 7)
})

test('a snapshot in the middle of a stream after a hole is a gap', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(1, 0), 1)
  stream.take(event(2, 'plain'), 1)
  stream.take(snapshot(8, 0), 1)
  assert.equal(stream.take(event(9, 'plain'), 1)?.gap, 6)
})

test('a stream that goes on begins with a newer state, and brings what came before it', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(1, 0), 1)
  stream.take(event(2, 'plain'), 1)
  stream.take(hello(5, 'continued'), 1)
  stream.take(snapshot(5, 50), 1)
  const taken = [3, 4, 5, 6].map((sequence) =>
    stream.take(event(sequence, 'set', { value: sequence }), 1),
  )
  assert.deepEqual(
    taken.map((each) => [each?.repeated, each?.gap]),
    Array.from({ length: 4 }, () => [false, 0]),
  )
  assert.deepEqual(stream.node('a')?.state, { value: 6 }, 'changed by the last alone')
  assert.equal(stream.node('a')?.missed, 0)
})

test('a stream that goes on tells the last of others first: no hole, and nothing is taken as told', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(7, 0, 's1', 'b'), 1)
  stream.take(event(8, 'plain', {}, 'b'), 1)
  stream.take(hello(2, 'continued'), 1)
  stream.take(snapshot(5, 50, 's1', 'b'), 1)
  assert.equal(stream.take(event(9, 'rare', {}, 'b'), 1)?.gap, 0)
  assert.equal(stream.take(event(30, 'status', { state: { value: 30 } }, 'b'), 1)?.gap, 0)
  const taken = stream.take(event(10, 'plain', {}, 'b'), 1)
  assert.deepEqual([taken?.repeated, taken?.gap], [false, 0])
  assert.deepEqual(stream.node('b')?.state, { value: 30 })
  assert.equal(stream.take(event(14, 'plain', {}, 'b'), 1)?.gap, 3)
})

test('a stream that goes on shows what it lost', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(event(2, 'plain'), 1)
  stream.take(hello(9, 'continued'), 1)
  assert.equal(stream.take(event(9, 'plain'), 1)?.gap, 6)
})

test('the hole after dropped events is no second piece of news', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(snapshot(1, 0), 1)
  stream.take(event(2, 'plain'), 1)
  stream.take(event(2, 'dropped', { count: 5 }), 1)
  assert.equal(stream.take(event(8, 'plain'), 1)?.gap, 0)
  assert.equal(stream.node('a')?.missed, 5)
  assert.equal(stream.take(event(11, 'plain'), 1)?.gap, 2)
})

test('another start is a restart: the state begins anew', () => {
  const stream = reader()
  stream.take(snapshot(900, 1), 1)
  const taken = stream.take(snapshot(2, 7, 's2'), 2)
  assert.equal(taken?.restarted, true)
  assert.equal(taken?.gap, 0)
  const { state, restarts, sequence } = stream.node('a') ?? {}
  assert.deepEqual([state, restarts, sequence], [{ value: 7 }, 1, 2])
})

test('an event of a run that is over is of the past, and no restart', () => {
  const stream = reader()
  stream.take(snapshot(900, 1), 1)
  stream.take(snapshot(2, 7, 's2'), 2)
  const late = stream.take(event(901, 'set', { value: 9 }), 3)
  assert.equal(late?.past, true)
  assert.equal(late?.restarted, false)
  assert.deepEqual(stream.node('a')?.state, { value: 7 })
  assert.equal(stream.node('a')?.restarts, 1)
})

test('dropped events are counted as the sender says', () => {
  const stream = reader()
  stream.take(hello(1), 1)
  stream.take(event(1, 'dropped', { count: 40 }), 1)
  stream.take(event(1, 'dropped', { count: 2 }), 1)
  stream.take(event(1, 'dropped', { count: 'many' }), 1)
  assert.equal(stream.dropped, 42)
})

test('what is no event is passed over', () => {
  const stream = reader()
  for (const value of [null, 1, 'x', [], {}, { node: 'a' }, { ...event(1, 'x'), sequence: '1' }]) {
    assert.equal(stream.take(value, 1), null)
  }
  assert.deepEqual([...stream.nodes], [])
})

test('a snapshot without a state leaves what is known', () => {
  const stream = reader()
  stream.take(snapshot(1, 5), 1)
  stream.take(event(2, 'status', { state: null }), 1)
  assert.deepEqual(stream.node('a')?.state, { value: 5 })
})

test('in whatever order events of one run come, the state is that of the highest status', () => {
  const order = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 1 })
  fc.assert(
    fc.property(order, (sequences) => {
      const stream = reader()
      for (const sequence of sequences) {
        stream.take(event(sequence, 'status', { state: { value: sequence } }), 1)
      }
      assert.equal(stream.node('a')?.state?.value, Math.max(...sequences))
    }),
  )
})
