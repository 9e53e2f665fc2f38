import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import type { ParticipantRecord } from './participant-records.ts'
import { nextLikes, ParticipantState } from './participant-state.ts'
import { hasPicture, order, picture, prepared, tombstone, upload } from './test/build.ts'

function fold(...records: readonly ParticipantRecord[]): ParticipantState {
  const state = new ParticipantState(null)
  for (const record of records) state.apply(record)
  return state
}

const prepare: ParticipantRecord = { type: 'prepare', transaction: prepared() }
const commit: ParticipantRecord = { type: 'commit', transactionId: 'T1' }
const abort: ParticipantRecord = { type: 'abort', tombstone: tombstone() }

/** As a checkpoint on disk would give it back. */
function copy(state: ParticipantState): ParticipantState {
  return new ParticipantState(JSON.parse(JSON.stringify(state.snapshot())))
}

describe('participant state', () => {
  test('what each record does to the pictures, and which files it frees', () => {
    const state = new ParticipantState(null)
    assert.deepEqual(state.apply(hasPicture), [])
    const next = picture({ blob: 'next', likes: 0 })
    assert.deepEqual(state.apply({ type: 'upload', filename: 'a.png', picture: next }), ['old'])
    assert.deepEqual(state.apply({ type: 'like', filename: 'a.png' }), [])
    assert.equal(state.pictures.get('a.png')?.likes, 1)
    assert.deepEqual(state.apply({ type: 'delete', filename: 'a.png' }), ['next'])
    assert.equal(state.pictures.size, 0)
  })

  for (const [kind, freed, after] of [
    ['delete', ['old'], undefined],
    ['like', [], picture({ likes: 5 })],
    ['upload', ['old'], { size: 3, sha256: 'ab', blob: 'new', likes: 0, uploadTime: 77 }],
  ] as const) {
    test(`a ${kind} locks when prepared, happens when committed, and leaves a tombstone`, () => {
      const operation = kind === 'upload' ? upload : { kind }
      const blob = kind === 'upload' ? 'new' : null
      const state = fold(hasPicture)
      state.apply({ type: 'prepare', transaction: prepared({ operation, blob }) })
      assert.deepEqual([...state.locks], [['a.png', 'T1']])
      assert.deepEqual(state.pictures.get('a.png'), picture())
      assert.deepEqual(state.apply(commit), freed)
      assert.deepEqual(state.pictures.get('a.png'), after)
      assert.deepEqual([state.locks.size, state.prepared.size], [0, 0])
      assert.deepEqual(state.tombstone(tombstone()), tombstone({ decision: 'commit' }))
    })

    test(`an aborted ${kind} changes nothing, unlocks, and frees its staged bytes`, () => {
      const operation = kind === 'upload' ? upload : { kind }
      const blob = kind === 'upload' ? 'new' : null
      const state = fold(hasPicture)
      state.apply({ type: 'prepare', transaction: prepared({ operation, blob }) })
      assert.deepEqual(state.apply(abort), kind === 'upload' ? ['new'] : [])
      assert.deepEqual([...state.pictures], [['a.png', picture()]])
      assert.deepEqual([state.locks.size, state.prepared.size], [0, 0])
      assert.deepEqual(state.tombstone(tombstone()), tombstone())
    })
  }

  test('P6 a decision is write-once', () => {
    assert.throws(() => fold(hasPicture, prepare, commit, abort), /it cannot abort/)
    assert.throws(() => fold(hasPicture, prepare, abort, commit), /without being prepared/)
    assert.throws(() => fold(hasPicture, prepare, commit, commit), /without being prepared/)
    assert.doesNotThrow(() => fold(hasPicture, prepare, abort, abort))
  })

  test('O14 P8 one picture has one owner', () => {
    const second = prepared({ transactionId: 'T2', order: order(2) })
    assert.throws(
      () => fold(hasPicture, prepare, { type: 'prepare', transaction: second }),
      /locked already/,
    )
    const other = prepared({ filename: 'b.png' })
    assert.throws(
      () => fold(hasPicture, prepare, { type: 'prepare', transaction: other }),
      /prepared already/,
    )
    const stranger = tombstone({ transactionId: 'T2', order: order(2) })
    const state = fold(hasPicture, prepare, { type: 'abort', tombstone: stranger })
    assert.deepEqual([...state.locks], [['a.png', 'T1']])
  })

  test('a log that contradicts itself is refused', () => {
    for (const type of ['delete', 'like'] as const) {
      assert.throws(() => fold({ type, filename: 'a.png' }), /but not there/)
    }
    const state = fold(hasPicture, prepare)
    state.locks.set('a.png', 'T9')
    assert.throws(() => state.apply(commit), /by its owner alone/)
  })

  test('likes stop at the greatest that the wire can carry', () => {
    assert.equal(nextLikes(picture({ likes: 2 ** 31 - 2 })), 2 ** 31 - 1)
    assert.equal(nextLikes(picture({ likes: 2 ** 31 - 1 })), 2 ** 31 - 1)
  })

  test('P12 the latest epoch of a coordinator is that of what was prepared, not the last heard', () => {
    const state = fold(hasPicture, prepare)
    assert.deepEqual([...state.epochs], [['c', { epoch: 1, disk: 'disk' }]])
    state.apply(abort)
    const later = { transactionId: 'T2', order: order(1, 5), coordinatorDisk: 'other' }
    state.apply({ type: 'prepare', transaction: prepared(later) })
    state.apply({ type: 'abort', tombstone: tombstone(later) })
    const earlier = { transactionId: 'T3', order: order(9, 4) }
    state.apply({ type: 'prepare', transaction: prepared(earlier) })
    assert.deepEqual([...state.epochs], [['c', { epoch: 5, disk: 'other' }]])
  })

  test('P18 what is finished is forgotten, and never falls back', () => {
    const state = new ParticipantState(null)
    const bury = (number: number, epoch = 1) =>
      state.apply({
        type: 'abort',
        tombstone: tombstone({ transactionId: `T${epoch}.${number}`, order: order(number, epoch) }),
      })
    const left = () => state.snapshot().tombstones.map(({ transactionId }) => transactionId)
    for (const number of [1, 2, 3]) bury(number)
    state.learnFinished(tombstone(), order(3))
    assert.deepEqual(left(), ['T1.3'])
    state.learnFinished(tombstone(), order(2))
    state.learnFinished(tombstone(), null)
    bury(2)
    assert.deepEqual(left(), ['T1.3'], 'what is finished is not remembered again')
    assert.equal(state.isFinished(tombstone({ order: order(2) })), true)
    assert.equal(state.isFinished(tombstone({ order: order(3) })), false)
    assert.equal(state.isFinished(tombstone({ order: null })), false)
    assert.equal(state.isFinished(tombstone({ order: order(1), coordinatorDisk: 'x' })), false)
    bury(1, 2)
    state.learnFinished(tombstone(), order(1, 2))
    assert.deepEqual(left(), ['T2.1'], 'an epoch ends those before it')
  })

  test('P18 a prepare record says what was finished, so that a replay learns it too', () => {
    const state = fold(hasPicture, {
      type: 'abort',
      tombstone: tombstone({ transactionId: 'T0', order: order(1) }),
    })
    const transaction = prepared({ order: order(2), finishedBefore: order(2) })
    state.apply({ type: 'prepare', transaction })
    assert.deepEqual(state.snapshot().tombstones, [])
    assert.deepEqual(state.snapshot().finishedBefore, [['c/disk', order(2)]])
  })

  test('P18 tombstones of a coordinator without numbers are kept by count', () => {
    const state = new ParticipantState(null)
    const unnumbered = { coordinatorDisk: '', order: null }
    for (let number = 0; number <= 10_000; number += 1) {
      assert.equal(state.mayBeForgotten(tombstone(unnumbered)), false)
      const one = tombstone({ ...unnumbered, transactionId: `T${number}` })
      state.apply({ type: 'abort', tombstone: one })
    }
    assert.equal(state.snapshot().tombstones.length, 10_000)
    assert.equal(state.tombstone(tombstone({ ...unnumbered, transactionId: 'T0' })), undefined)
    assert.equal(state.mayBeForgotten(tombstone(unnumbered)), true)
    assert.equal(copy(state).mayBeForgotten(tombstone(unnumbered)), true)
    assert.equal(state.mayBeForgotten(tombstone()), false, 'another coordinator')
  })

  test('a checkpoint gives back what it took, also tombstones that outlive their finish', () => {
    const state = fold(hasPicture)
    state.apply({ type: 'prepare', transaction: prepared({ finishedBefore: order(1) }) })
    for (const number of [9, 2]) {
      const one = tombstone({ transactionId: `T${number}`, order: order(number) })
      state.apply({ type: 'abort', tombstone: one })
    }
    state.learnFinished(tombstone(), order(3))
    assert.equal(state.snapshot().tombstones.length, 2)
    assert.deepEqual(copy(state).snapshot(), state.snapshot())
    assert.deepEqual(copy(state).locks, state.locks)
  })
})
