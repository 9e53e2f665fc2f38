import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Change, MOST_OPEN, MOST_SETTLED, Outbox, outcomeOf } from '../outbox.ts'
import { MOST_PAGES, PAGE_SIZE, PagedList } from '../paged-list.ts'
import { search } from '../search.ts'
import { secondsOf, trackOfForm } from '../track-form.ts'

const ADD: Change = { rpc: 'AddTrack', body: { id: 'a' }, words: 'Add', subject: 'a', trackId: 'a' }
const DONE = { kind: 'done', message: '' } as const
const UNKNOWN = { kind: 'unknown', message: 'no answer' } as const
const LATER = { kind: 'later', message: 'no leader' } as const

test('R16 one change at a time, in order, with numbers that grow', () => {
  const outbox = new Outbox()
  outbox.add(ADD)
  outbox.add(ADD)
  assert.equal(outbox.next()?.requestId, 1)
  outbox.sent(1)
  assert.equal(outbox.next()?.requestId, 1, 'the second waits for the answer of the first')
  outbox.ended(1, DONE)
  assert.equal(outbox.next()?.requestId, 2)
})

test('R16 an unknown outcome is asked again with the same number, until an answer settles it', () => {
  const outbox = new Outbox()
  outbox.add(ADD)
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    outbox.sent(1)
    outbox.ended(1, UNKNOWN)
    assert.equal(outbox.next()?.requestId, 1)
    assert.equal(outbox.next()?.state, 'unknown')
  }
  outbox.sent(1)
  assert.equal(outbox.next()?.state, 'unknown', 'not merely pending: it may have taken effect')
  outbox.ended(1, DONE)
  assert.deepEqual([outbox.writes[0]?.state, outbox.writes[0]?.attempts], ['done', 4])
})

test('L16 after an unknown outcome, "not begun" of a later attempt does not make it known', () => {
  const outbox = new Outbox()
  outbox.add(ADD)
  outbox.sent(1)
  outbox.ended(1, UNKNOWN)
  outbox.sent(1)
  outbox.ended(1, LATER)
  assert.equal(outbox.next()?.state, 'unknown')
  outbox.ended(1, { kind: 'refused', message: 'no' })
  assert.equal(outbox.writes[0]?.state, 'abandoned', 'never called refused')
})

test('what was not begun is asked again and says so', () => {
  const outbox = new Outbox()
  outbox.add(ADD)
  outbox.sent(1)
  outbox.ended(1, LATER)
  assert.equal(outbox.next()?.state, 'retrying')
  outbox.sent(1)
  assert.equal(outbox.next()?.state, 'pending')
})

test('L16 whoever stops asking is not told that nothing happened, unless nothing was begun', () => {
  const outbox = new Outbox()
  for (let times = 0; times < 3; times += 1) outbox.add(ADD)
  outbox.sent(1)
  outbox.abandon(1)
  outbox.sent(2)
  outbox.ended(2, LATER)
  outbox.abandon(2)
  outbox.abandon(3)
  assert.deepEqual(
    outbox.writes.map(({ state }) => state),
    ['abandoned', 'refused', 'refused'],
  )
  outbox.ended(1, DONE)
  assert.equal(outbox.writes[0]?.state, 'abandoned', 'a late answer changes nothing')
})

test('the outbox is bounded, open and settled', () => {
  const outbox = new Outbox()
  for (let times = 0; times < MOST_OPEN; times += 1) assert.ok(outbox.add(ADD))
  assert.equal(outbox.add(ADD), null)
  for (let write = outbox.next(); write !== null; write = outbox.next()) {
    outbox.ended(write.requestId, DONE)
  }
  assert.equal(outbox.writes.length, MOST_SETTLED)
})

test('answers over HTTP, in the words of docs/HTTP.md', () => {
  const kind = (status: number, body: unknown) => outcomeOf(status, body).kind
  assert.equal(kind(200, { code: 'APPLIED', message: 'Queued by Leader' }), 'done')
  assert.equal(kind(200, { code: 'ALREADY_QUEUED', message: 'there' }), 'noEffect')
  assert.equal(kind(200, { id: 'a', title: 't' }), 'done', 'PlayNext answers with the track')
  assert.equal(kind(200, { id: '' }), 'noEffect', 'and with none where the queue is empty')
  assert.equal(kind(503, { code: 'NO_LEADER', outcome: 'refused', retryable: true }), 'later')
  assert.equal(
    kind(400, { code: 'INVALID_ARGUMENT', outcome: 'refused', retryable: false }),
    'refused',
  )
  assert.equal(
    kind(504, { code: 'OUTCOME_UNKNOWN', outcome: 'unknown', retryable: true }),
    'unknown',
  )
  assert.equal(kind(502, null), 'unknown', 'of a proxy’s page nobody knows')
  assert.equal(kind(500, 'text'), 'unknown')
})

function page(from: number, total = 12_000) {
  return { items: Array.from({ length: PAGE_SIZE }, (_, place) => from + place), total }
}

test('of a long list only what is looked at is fetched', () => {
  const list = new PagedList<number>()
  assert.deepEqual(list.needed(0, 12), [0])
  list.fill(0, page(0), list.version)
  assert.deepEqual(list.needed(0, 12), [])
  assert.equal(list.at(7), 7)
  assert.equal(list.at(PAGE_SIZE), undefined)
  assert.deepEqual(list.needed(PAGE_SIZE - 2, PAGE_SIZE + 2), [1])
})

test('what changed is shown until it is fetched again, and an old answer does not overtake', () => {
  const list = new PagedList<number>()
  const old = list.version
  list.fill(0, page(0), list.version)
  list.invalidate()
  assert.equal(list.at(0), 0)
  assert.deepEqual(list.needed(0, 1), [0])
  list.fill(0, page(500), list.version)
  list.fill(0, page(900), old)
  assert.equal(list.at(0), 500)
})

test('pages are bounded: those looked at last stay', () => {
  const list = new PagedList<number>()
  for (let number = 0; number < 100; number += 1) {
    list.needed(number * PAGE_SIZE, number * PAGE_SIZE + 1)
    list.fill(number, page(number * PAGE_SIZE), list.version)
  }
  assert.equal(list.pages, MOST_PAGES)
  assert.equal(list.at(99 * PAGE_SIZE), 99 * PAGE_SIZE)
  assert.equal(list.at(0), undefined)
})

test('a list that became shorter forgets what is beyond its end', () => {
  const list = new PagedList<number>()
  list.fill(3, page(300), list.version)
  list.fill(0, { items: [1], total: 1 }, list.version)
  assert.equal(list.at(300), undefined)
  assert.equal(list.total, 1)
})

test('search finds every word, whatever case and accents', () => {
  const tracks = [
    { id: 'a', title: 'Électrique Été', artist: 'Løvstad' },
    { id: 'b', title: 'Retry', artist: 'Me' },
    { id: 'c', title: 'الصبر', artist: 'Me' },
  ]
  const found = (text: string) =>
    search(tracks, text).map(({ track, position }) => [track.id, position])
  assert.deepEqual(found('ete electr'), [['a', 1]])
  assert.deepEqual(found('ME'), [
    ['b', 2],
    ['c', 3],
  ])
  assert.deepEqual(found('الصبر'), [['c', 3]])
  assert.deepEqual(found('nothing'), [])
})

test('a form is a track, or says what is wrong', () => {
  const form = { id: ' x ', title: ' <b>T</b> ', artist: '', duration: '3:05' }
  assert.deepEqual(trackOfForm(form), { id: 'x', title: '<b>T</b>', artist: '', duration: 185 })
  assert.match(String(trackOfForm({ ...form, id: ' ' })), /id is missing/)
  assert.match(String(trackOfForm({ ...form, title: '' })), /title is missing/)
  assert.match(String(trackOfForm({ ...form, title: 'ü'.repeat(257) })), /512 bytes/)
  assert.match(String(trackOfForm({ ...form, id: 'ü'.repeat(65) })), /128 bytes/)
  assert.match(String(trackOfForm({ ...form, duration: '3:99' })), /length is not/)
  assert.match(String(trackOfForm({ ...form, duration: '999999' })), /more than a day/)
  assert.deepEqual(['', '90', '1:02:03', 'x', '-1'].map(secondsOf), [0, 90, 3723, null, null])
})
