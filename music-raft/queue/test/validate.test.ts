import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { utf8Length } from '../bytes.ts'
import {
  checkIdentity,
  checkLimits,
  checkNewTrack,
  checkPage,
  checkUp,
  DEFAULT_LIMITS,
  LIMIT_CEILINGS,
} from '../validate.ts'

const track = { id: '1', title: 'T', artist: 'A', duration: 1 }

function refusal(check: () => unknown): string {
  let message = ''
  assert.throws(check, (error: Error & { code?: string; field?: string }) => {
    assert.equal(error.code, 'INVALID_ARGUMENT')
    assert.ok(error.message.startsWith(`${error.field} `), error.message)
    message = error.message
    return true
  })
  return message
}

test('validate: every field of a track at, below and beyond its limits', () => {
  for (const ok of [
    { id: 'x' },
    { id: 'x'.repeat(128) },
    { id: '😀'.repeat(32) },
    { id: '\0' },
    { title: '' },
    { title: 'é'.repeat(256) },
    { artist: '' },
    { artist: 'x'.repeat(512) },
    { duration: 0 },
    { duration: 86_400 },
  ]) {
    assert.deepEqual(checkNewTrack({ ...track, ...ok }), { ...track, ...ok })
  }
  for (const bad of [
    { id: '' },
    { id: 'x'.repeat(129) },
    { id: '😀'.repeat(33) },
    { id: '\ud83d' },
    { id: '\ude00\ud83d' },
    { id: 1 },
    { id: undefined },
    { title: 'é'.repeat(257) },
    { title: 'a\udfff' },
    { title: null },
    { artist: 'x'.repeat(513) },
    { artist: 'x'.repeat(1e6) },
    { artist: '\ud800' },
    { duration: -1 },
    { duration: 86_401 },
    { duration: 1.5 },
    { duration: Number.NaN },
    { duration: Number.POSITIVE_INFINITY },
    { duration: 2 ** 53 },
    { duration: '100' },
    { duration: 10n },
  ]) {
    const message = refusal(() => checkNewTrack({ ...track, ...bad }))
    assert.ok(message.startsWith(Object.keys(bad).join()), message)
    assert.match(message, /128|512|86400/)
  }
})

test('validate: votes in a request are ignored, minus zero is zero', () => {
  const request = { ...track, votes: 99, duration: -0 }
  assert.deepEqual(checkNewTrack(request), { ...track, duration: 0 })
})

test('validate: identity is a UUID and a request id, or nothing', () => {
  const id = '2894E6FD-267d-42d8-9b3e-8c383bed93ce'
  assert.equal(checkIdentity(undefined, undefined), null)
  for (const requestId of ['0', '17', 17, '9007199254740991']) {
    const identity = { clientId: id.toLowerCase(), requestId: Number(requestId) }
    assert.deepEqual(checkIdentity(id, requestId), identity)
  }
  refusal(() => checkIdentity(id, undefined))
  refusal(() => checkIdentity(undefined, '1'))
  for (const bad of ['', ' 1', '-1', '1e3', '0x1', '9007199254740992', '1.0', '٣', -1, 0.5, null]) {
    refusal(() => checkIdentity(id, bad))
  }
  for (const bad of ['', 'me', `${id} `, id.replaceAll('-', ''), id.replace('2', 'g'), 7]) {
    refusal(() => checkIdentity(bad, '1'))
  }
})

test('validate: pages, votes and limits', () => {
  assert.deepEqual(checkPage(0, 50), { offset: 0, limit: 50 })
  for (const bad of [-1, 0.5, '1', undefined]) {
    refusal(() => checkPage(bad, 1))
    refusal(() => checkPage(1, bad))
  }
  assert.equal(checkUp(false), false)
  refusal(() => checkUp('false'))
  assert.deepEqual(checkLimits(DEFAULT_LIMITS), DEFAULT_LIMITS)
  assert.deepEqual(checkLimits(LIMIT_CEILINGS), LIMIT_CEILINGS)
  for (const field of ['maxTracks', 'maxHistory', 'maxSessions'] as const) {
    for (const bad of [0, LIMIT_CEILINGS[field] + 1, 1.5]) {
      assert.ok(refusal(() => checkLimits({ ...DEFAULT_LIMITS, [field]: bad })).startsWith(field))
    }
  }
})

test('validate: UTF-8 length is that of the encoder', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.equal(utf8Length(text), Buffer.byteLength(text))
    }),
  )
})
