import assert from 'node:assert/strict'
import { test } from 'node:test'
import { messageOf } from '../outcome.ts'
import { ADD, bytesOf, client, PLAY, REMOVE, Replica, restore, VOTE } from './support.ts'

const by = (n: number, requestId: number, maxSessions = 10_000) => ({
  clientId: client(n),
  requestId,
  maxSessions,
})

test('R16 a repeated request takes effect once and gets the first answer', () => {
  const replica = new Replica()
  const first = replica.do(ADD('a'), by(1, 7))
  replica.do(ADD('b'))
  replica.do(VOTE('b'))
  const again = replica.do(ADD('a'), by(1, 7))
  assert.deepEqual(again, { ...first, replayed: true })
  assert.equal(messageOf(again), 'Queued by Leader')
  const { message, position, total, queue } = replica.machine.respond(again)
  assert.deepEqual([message, position, total], ['Queued by Leader', 1, 1], 'as it was applied')
  assert.deepEqual(
    queue.map(({ id }) => id),
    ['b', 'a'],
    'the list is of now',
  )
})

test('R16 each operation once: votes, plays, removals, and refusals too', () => {
  const replica = new Replica()
  for (const id of ['a', 'b', 'c']) replica.do(ADD(id))
  for (const [requestId, operation] of [
    VOTE('b'),
    PLAY(),
    REMOVE('a'),
    REMOVE('x'),
    ADD('d', { maxTracks: 1 }),
    PLAY(),
    PLAY(),
  ].entries()) {
    const first = replica.do(operation, by(1, requestId))
    replica.do(ADD('other'))
    const [ids, played] = [replica.ids(), replica.played()]
    assert.deepEqual(replica.do(operation, by(1, requestId)), { ...first, replayed: true })
    assert.deepEqual([replica.ids(), replica.played()], [ids, played])
    replica.do(REMOVE('other'))
  }
  assert.deepEqual(replica.played(), ['b', 'c'])
})

test('R16 O12 a play repeated after the track left the history still names it', () => {
  const replica = new Replica()
  for (const id of ['a', 'b']) replica.do(ADD(id))
  const first = replica.do(PLAY(1), by(1, 1))
  replica.do(PLAY(1))
  assert.deepEqual(replica.played(), ['b'])
  assert.deepEqual(replica.do(PLAY(1), by(1, 1)), { ...first, replayed: true })
  assert.equal(first.track?.id, 'a')
})

test('R16 a retry accepted by a node with other bounds is still the same request', () => {
  const replica = new Replica()
  replica.do(ADD('a', { maxTracks: 5 }), by(1, 1, 9))
  assert.equal(replica.do(ADD('a', { maxTracks: 7 }), by(1, 1, 8)).replayed, true)
  replica.do(PLAY(5), by(1, 2))
  assert.equal(replica.do(PLAY(6), by(1, 2)).replayed, true)
})

test('R16 an older request id is stale and not applied', () => {
  const replica = new Replica()
  replica.do(ADD('a'), by(1, 7))
  const stale = replica.do(ADD('b'), by(1, 6))
  assert.deepEqual([stale.code, stale.replayed, stale.total], ['STALE_REQUEST', false, 1])
  assert.match(messageOf(stale), /^Request 6 is older than request 7 of the same client/)
  assert.equal(replica.do(ADD('a'), by(1, 7)).replayed, true, 'the last answer is still known')
  assert.equal(replica.do(ADD('b'), by(2, 6)).code, 'OK', 'each client counts for itself')
})

test('R16 a request id that comes back with another request is refused, not answered', () => {
  const replica = new Replica()
  replica.do(ADD('a'), by(1, 7))
  for (const operation of [
    ADD('b'),
    ADD('a', { title: 'x' }),
    ADD('a', { artist: 'x' }),
    ADD('a', { duration: 1 }),
    REMOVE('a'),
    VOTE('a'),
    PLAY(),
  ]) {
    const outcome = replica.do(operation, by(1, 7))
    assert.equal(outcome.code, 'REQUEST_ID_REUSED')
    assert.match(messageOf(outcome), /^Request 7 of this client was a different request/)
  }
  replica.do(VOTE('a', true), by(1, 8))
  assert.equal(replica.do(VOTE('a', false), by(1, 8)).code, 'REQUEST_ID_REUSED')
  assert.deepEqual([replica.ids(), replica.machine.track('a')?.votes], [['a'], 1])
})

test('R16 without identity a request is applied each time it comes', () => {
  const replica = new Replica()
  replica.do(ADD('a'))
  replica.do(VOTE('a'))
  replica.do(VOTE('a'))
  assert.equal(replica.machine.track('a')?.votes, 2)
  assert.equal(replica.machine.sessionCount, 0)
})

test('R16 R22 the client unheard of for longest is forgotten first, a retry counts as heard of', () => {
  const replica = new Replica()
  for (const n of [1, 2, 3]) replica.do(ADD(`${n}`), by(n, 1, 3))
  replica.do(ADD('1'), by(1, 1, 3)) // client 1 again: now 2 is the oldest
  replica.do(ADD('4'), by(4, 1, 3))
  assert.equal(replica.machine.sessionCount, 3)
  for (const n of [1, 3, 4]) assert.equal(replica.do(ADD(`${n}`), by(n, 1, 3)).replayed, true)
  const forgotten = replica.do(ADD('2'), by(2, 1, 3))
  assert.deepEqual([forgotten.code, forgotten.replayed], ['ALREADY_QUEUED', false])
})

test('R22 a lowered bound on sessions is reached in steps of 16', () => {
  const replica = new Replica()
  for (let n = 0; n < 100; n++) replica.do(VOTE('x'), by(n, 1))
  replica.do(VOTE('x'), by(0, 2, 1))
  assert.equal(replica.machine.sessionCount, 84)
  for (let i = 3; i < 10; i++) replica.do(VOTE('x'), by(0, i, 1))
  assert.equal(replica.machine.sessionCount, 1)
  assert.equal(replica.do(VOTE('x'), by(0, 9, 1)).replayed, true)
})

test('R16 answers are remembered across snapshot and restart, and age the same afterwards', () => {
  const replica = new Replica()
  replica.do(ADD('a'))
  const outcomes = [
    ADD('b'),
    VOTE('b'),
    REMOVE('a'),
    PLAY(),
    PLAY(),
    ADD('z', { maxTracks: 1 }),
  ].map((operation, n) => ({ operation, n, outcome: replica.do(operation, by(n, 5)) }))
  const twin = new Replica(restore(bytesOf(replica.machine), [7]))
  for (const { operation, n, outcome } of outcomes) {
    for (const each of [replica, twin]) {
      assert.deepEqual(each.do(operation, by(n, 5)), { ...outcome, replayed: true })
      assert.equal(each.do(operation, by(n, 4)).code, 'STALE_REQUEST')
      assert.equal(each.do(VOTE('q'), by(n, 5)).code, 'REQUEST_ID_REUSED')
    }
  }
  for (const each of [replica, twin]) each.do(VOTE('q'), by(9, 1, 3))
  assert.equal(twin.machine.sessionCount, 3)
  assert.equal(twin.machine.stateHash(), replica.machine.stateHash())
})

test('R16 TestSnapshotSize4C: a snapshot does not grow with the number of requests', () => {
  const replica = new Replica()
  const size = () => bytesOf(replica.machine).length
  replica.do(ADD('a'))
  for (let i = 1000; i < 1200; i++) replica.do(VOTE('a', i % 2 === 0), by(i % 5, i))
  const before = size()
  for (let i = 1200; i < 6000; i++) replica.do(VOTE('a', i % 2 === 0), by(i % 5, i))
  assert.ok(size() - before < 20, `${before} bytes became ${size()}`)
  assert.ok(size() < 500, `${size()} bytes`)
})
