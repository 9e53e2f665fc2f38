import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefused, messageOf } from '../outcome.ts'
import { QueueMachine } from '../queue.ts'
import { QueueState } from '../state.ts'
import { MAX_VOTES, MIN_VOTES } from '../track.ts'
import { ADD, entryOf, PLAY, REMOVE, Replica, VOTE } from './support.ts'

const added = { id: 'a', title: 'Title of a', artist: 'Me', votes: 0, duration: 100 }

test('queue: a new track is queued last, with no votes, in the words of the original', () => {
  const replica = new Replica()
  const outcome = replica.do(ADD('a'))
  assert.deepEqual(outcome, {
    word: 'ADD',
    code: 'OK',
    id: 'a',
    track: added,
    position: 1,
    total: 1,
    detail: '',
    replayed: false,
  })
  assert.equal(messageOf(outcome), 'Queued by Leader')
  assert.equal(replica.do(ADD('b')).position, 2)
  assert.deepEqual(replica.ids(), ['a', 'b'])
})

test('queue: an id already queued changes nothing and says so', () => {
  const replica = new Replica()
  replica.do(ADD('a'))
  const hash = replica.machine.stateHash()
  const outcome = replica.do(ADD('a', { title: 'Other' }))
  assert.equal(outcome.code, 'ALREADY_QUEUED')
  assert.deepEqual([outcome.track, outcome.position, outcome.total], [added, 1, 1])
  assert.equal(messageOf(outcome), 'Track "a" is already queued; nothing changed')
  assert.equal(replica.machine.stateHash(), hash)
})

test('queue: votes descending, then arrival', () => {
  const replica = new Replica()
  for (const id of ['a', 'b', 'c', 'd']) replica.do(ADD(id))
  assert.equal(replica.do(VOTE('c')).position, 1)
  assert.equal(replica.do(VOTE('d')).position, 2, 'same votes as c, came later')
  assert.equal(replica.do(VOTE('b')).position, 1, 'same votes as c and d, came first')
  assert.deepEqual(replica.ids(), ['b', 'c', 'd', 'a'])
  replica.do(VOTE('b', false))
  const outcome = replica.do(VOTE('b', false))
  assert.deepEqual([outcome.track?.votes, outcome.position], [-1, 4])
  assert.equal(messageOf(outcome), 'Vote counted: track "b" has votes: -1')
  assert.deepEqual(replica.ids(), ['c', 'd', 'a', 'b'])
})

test('queue: a track removed and added again has lost its votes and its place', () => {
  const replica = new Replica()
  replica.do(ADD('a'))
  replica.do(ADD('b'))
  replica.do(VOTE('a'))
  const removed = replica.do(REMOVE('a'))
  assert.deepEqual([removed.track?.votes, removed.position, removed.total], [1, 0, 1])
  assert.equal(messageOf(removed), 'Removed track "a"')
  replica.do(ADD('a'))
  assert.deepEqual(replica.ids(), ['b', 'a'])
  assert.equal(replica.machine.track('a')?.votes, 0)
})

test('queue: play takes the head into the history, with the votes it had', () => {
  const replica = new Replica()
  for (const id of ['a', 'b']) replica.do(ADD(id))
  replica.do(VOTE('b'))
  const outcome = replica.do(PLAY())
  assert.deepEqual(outcome.track, { ...added, id: 'b', title: 'Title of b', votes: 1 })
  assert.deepEqual([outcome.id, outcome.position, outcome.total], ['b', 0, 1])
  assert.equal(messageOf(outcome), 'Playing track "b"')
  replica.do(PLAY())
  replica.do(ADD('b'))
  replica.do(PLAY())
  assert.deepEqual(replica.played(), ['b', 'a', 'b'])
  const empty = replica.do(PLAY())
  assert.deepEqual([empty.code, empty.track, empty.total], ['QUEUE_EMPTY', null, 0])
  assert.deepEqual(replica.played(), ['b', 'a', 'b'])
})

test('queue: unknown ids get an answer and change nothing', () => {
  const replica = new Replica()
  for (const operation of [REMOVE('x"\n'), VOTE('x"\n'), VOTE('x"\n', false)]) {
    const outcome = replica.do(operation)
    assert.equal(outcome.code, 'NOT_QUEUED')
    assert.equal(messageOf(outcome), 'Track "x\\"\\n" is not in the queue; nothing changed')
  }
  assert.equal(replica.machine.track('x'), null)
  assert.equal(replica.machine.position('x'), 0)
  assert.equal(replica.machine.stateHash(), '0'.repeat(16))
})

test('queue: ids that are names of object properties are ordinary', () => {
  const replica = new Replica()
  for (const id of ['__proto__', 'constructor', 'toString']) {
    assert.equal(replica.do(VOTE(id)).code, 'NOT_QUEUED')
    assert.equal(replica.do(ADD(id)).code, 'OK')
  }
  assert.deepEqual(replica.ids(), ['__proto__', 'constructor', 'toString'])
})

test('queue: votes stay within int32', () => {
  for (const [votes, up] of [
    [MAX_VOTES, true],
    [MIN_VOTES, false],
  ] as const) {
    const state = new QueueState()
    state.enqueue({ ...added, votes, arrival: 1, place: 0 })
    state.lastApplied = 1
    const replica = new Replica(new QueueMachine(state))
    const outcome = replica.do(VOTE('a', up))
    assert.deepEqual([outcome.code, outcome.track?.votes], ['VOTES_LIMIT', votes])
    assert.ok(isRefused(outcome.code))
    assert.equal(replica.do(VOTE('a', !up)).track?.votes, votes + (up ? -1 : 1))
  }
})

test('R22 the bound of the queue is that of the command', () => {
  const replica = new Replica()
  replica.do(ADD('a', { maxTracks: 2 }))
  replica.do(ADD('b', { maxTracks: 2 }))
  const full = replica.do(ADD('c', { maxTracks: 2 }))
  assert.deepEqual([full.code, full.track, full.total], ['QUEUE_FULL', null, 2])
  assert.equal(messageOf(full), 'The queue is full (2 tracks); track "c" was not added')
  assert.equal(replica.do(ADD('a', { maxTracks: 2 })).code, 'ALREADY_QUEUED', 'known, full or not')
  assert.equal(replica.do(ADD('c', { maxTracks: 3 })).code, 'OK')
  assert.equal(replica.do(ADD('d', { maxTracks: 1 })).code, 'QUEUE_FULL')
  replica.do(PLAY())
  assert.equal(replica.do(ADD('d', { maxTracks: 3 })).code, 'OK')
})

test('R22 the history keeps the newest that the command says, a lowered bound is reached in steps', () => {
  const replica = new Replica()
  for (let i = 0; i < 100; i++) replica.do(ADD(`${i}`))
  for (let i = 0; i < 50; i++) replica.do(PLAY(50))
  assert.equal(replica.machine.historySize, 50)
  replica.do(PLAY(50))
  assert.deepEqual([replica.machine.historySize, replica.played()[0]], [50, '1'])
  replica.do(PLAY(3))
  assert.equal(replica.machine.historySize, 35)
  for (let i = 0; i < 3; i++) replica.do(PLAY(3))
  assert.deepEqual(replica.played(), ['52', '53', '54'])
})

test('queue: an answer lists the first 50 and the track it is about', () => {
  const replica = new Replica()
  const ids = Array.from({ length: 60 }, (_, i) => `${i}`)
  for (const id of ids) replica.do(ADD(id))
  const listed = (outcome: ReturnType<Replica['do']>) =>
    replica.machine.respond(outcome).queue.map(({ id }) => id)
  const again = replica.do(ADD('59'))
  assert.deepEqual(listed(again), [...ids.slice(0, 50), '59'])
  assert.deepEqual(replica.machine.respond(again), {
    message: 'Track "59" is already queued; nothing changed',
    queue: [
      ...replica.machine.queuePage({ offset: 0, limit: 50 }).tracks,
      replica.machine.track('59'),
    ],
    track: again.track,
    position: 60,
    total: 60,
  })
  assert.deepEqual(listed(replica.do(ADD('50'))), [...ids.slice(0, 50), '50'])
  assert.deepEqual(listed(replica.do(ADD('49'))), ids.slice(0, 50))
  assert.equal(listed(replica.do(REMOVE('59'))).includes('59'), false)
  assert.equal(listed(replica.do(PLAY()))[0], '1')
})

test('queue: pages have an offset, a limit, and a bound in bytes', () => {
  const replica = new Replica()
  for (let i = 0; i < 200; i++) replica.do(ADD(`${i}`, { title: 'é', artist: '' }))
  const page = (offset: number, limit: number, maxBytes?: number) => {
    const { tracks, total, cut } = replica.machine.queuePage({ offset, limit }, maxBytes)
    return [tracks[0]?.id, tracks.length, total, cut]
  }
  assert.deepEqual(page(0, 10), ['0', 10, 200, false])
  assert.deepEqual(page(195, 10), ['195', 5, 200, false])
  assert.deepEqual(page(200, 10), [undefined, 0, 200, false])
  assert.deepEqual(page(0, 0), [undefined, 0, 200, false])
  assert.deepEqual(page(5, Number.MAX_SAFE_INTEGER), ['5', 195, 200, false])
  assert.deepEqual(page(100, 200, 37 * 70), ['100', 70, 200, true])
  assert.deepEqual(page(100, 70, 37 * 70), ['100', 70, 200, false])
  assert.deepEqual(page(100, 200, 1), ['100', 1, 200, true], 'one track, or a reader gets stuck')
})

test('queue: commands are applied in the order of the log, or not at all', () => {
  const machine = new QueueMachine()
  machine.apply(entryOf(5, ADD('a')))
  for (const index of [5, 4, 0, -1, 5.5, Number.NaN]) {
    assert.throws(() => machine.apply(entryOf(index, ADD('b'))), { code: 'ERR_ASSERTION' })
  }
  assert.equal(machine.size, 1)
  machine.apply(entryOf(9, ADD('b')))
  assert.equal(machine.lastApplied, 9)
})
