import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../check.ts'
import type { QueueInput, QueueOperation, QueueOutput } from '../queue-history.ts'
import { queueModel } from '../queue-model.ts'

const track = (id: string) => ({ id, title: 'T', artist: 'A', duration: 1 })
const add = (id: string): QueueInput => ({ rpc: 'AddTrack', track: track(id) })
const play: QueueInput = { rpc: 'PlayNext' }
const queue: QueueInput = { rpc: 'GetQueue' }
const applied = (position: number, total: number) => ({ code: 'APPLIED', position, total })
const list = (...ids: string[]): QueueOutput => ({
  tracks: ids.map((id) => ({ ...track(id), votes: 0 })),
  total: ids.length,
})
const one = (id: string): QueueOutput => ({ track: { ...track(id), votes: 0 } })

function operation(
  client: number,
  [call, end]: readonly [number, number | null],
  input: QueueInput,
  output: QueueOutput | null,
): QueueOperation {
  return { client, call, return: end, input, output }
}

function verdict(...history: QueueOperation[]): string {
  return check(queueModel(), history).kind
}

test('O11 R14 a read that returns less than an earlier read is stale', () => {
  const added = operation(1, [0, 10], add('a'), applied(1, 1))
  const fresh = operation(2, [1, 2], queue, list('a'))
  assert.equal(verdict(added, fresh, operation(3, [3, 4], queue, list())), 'violation')
  assert.equal(verdict(added, fresh, operation(3, [2, 4], queue, list())), 'ok', 'they touch')
})

test('O5 an acknowledged add that is not seen is a violation, one in flight is not', () => {
  const missing = operation(2, [5, 6], queue, list())
  assert.equal(verdict(operation(1, [0, 4], add('a'), applied(1, 1)), missing), 'violation')
  assert.equal(verdict(operation(1, [0, 7], add('a'), applied(1, 1)), missing), 'ok')
})

test('an unknown outcome may take effect later or never, and at most once', () => {
  const unknown = operation(1, [0, null], add('a'), null)
  const without = operation(2, [10, 11], queue, list())
  const having = operation(2, [20, 21], queue, list('a'))
  assert.equal(verdict(unknown, without), 'ok')
  assert.equal(verdict(unknown, without, having), 'ok')
  const again = operation(2, [30, 31], queue, list())
  assert.equal(verdict(unknown, without, having, again), 'violation')
  const played = operation(2, [22, 23], play, one('a'))
  assert.equal(
    verdict(unknown, having, played, operation(3, [24, 25], play, one('a'))),
    'violation',
  )
  const early = operation(2, [-2, -1], queue, list('a'))
  assert.equal(verdict(unknown, early), 'violation', 'not before it was asked')
})

test('what failed for certain never takes effect', () => {
  const refused = { ...operation(1, [0, 5], add('a'), null), refused: true as const }
  assert.equal(verdict(refused, operation(2, [10, 11], queue, list())), 'ok')
  assert.equal(verdict(refused, operation(2, [10, 11], queue, list('a'))), 'violation')
})

test('an answer that was lost on the way is of something that happened', () => {
  const answered = operation(1, [0, 5], add('a'), null)
  assert.equal(verdict(answered, operation(2, [10, 11], queue, list())), 'violation')
  assert.equal(verdict(answered, operation(2, [10, 11], queue, list('a'))), 'ok')
})

test('R16 one request that took effect twice is found: played twice, or counted twice', () => {
  const added = operation(1, [0, 1], add('a'), applied(1, 1))
  const first = operation(1, [2, 3], play, one('a'))
  assert.equal(verdict(added, first, operation(2, [4, 5], play, one('a'))), 'violation')
  const up = operation(1, [2, 3], { rpc: 'VoteTrack', id: 'a', up: true }, applied(1, 1))
  const twice = { tracks: [{ ...track('a'), votes: 2 }], total: 1 }
  assert.equal(verdict(added, up, operation(2, [4, 5], queue, twice)), 'violation')
})

test('the order of arrival outlives votes up and down', () => {
  const history = [
    operation(1, [0, 1], add('a'), applied(1, 1)),
    operation(1, [2, 3], add('b'), applied(2, 2)),
    operation(1, [4, 5], { rpc: 'VoteTrack', id: 'b', up: true }, applied(1, 2)),
    operation(1, [6, 7], { rpc: 'VoteTrack', id: 'b', up: false }, applied(2, 2)),
  ]
  assert.equal(verdict(...history, operation(1, [8, 9], queue, list('a', 'b'))), 'ok')
  assert.equal(verdict(...history, operation(1, [8, 9], queue, list('b', 'a'))), 'violation')
})

test('a violation names what is blocked, what is open beside it, and where every order ends', () => {
  const history = [
    operation(1, [0, 1], add('a'), applied(1, 1)),
    operation(2, [2, 9], add('b'), applied(2, 2)),
    operation(3, [4, 6], queue, list('b')),
    operation(3, [7, 8], queue, list('a', 'b')),
    operation(1, [10, 11], play, one('a')),
  ]
  const found = check(queueModel(), history)
  assert.equal(found.kind, 'violation')
  assert.deepEqual([found.window.from, found.window.to], [4, 6])
  assert.deepEqual(found.window.blocked, history[2])
  assert.deepEqual(found.window.operations, [history[1], history[2]])
  const ends = found.window.states.map((state) => state.queue.map(({ id }) => id).join(' '))
  assert.deepEqual(ends.sort(), ['a', 'a b'])
  assert.ok(found.longestPrefix.length >= 1)
})
