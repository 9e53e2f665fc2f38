import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import type { ParticipantRecord } from './participant-records.ts'
import {
  ask,
  decide,
  decision,
  duties,
  hasPicture,
  order,
  participant,
  picture,
  prepared,
  query,
  staged,
  tombstone,
  upload,
  vote,
  voteRequest,
} from './test/build.ts'

const prepare: ParticipantRecord = { type: 'prepare', transaction: prepared() }
const commit: ParticipantRecord = { type: 'commit', transactionId: 'T1' }
const abort: ParticipantRecord = { type: 'abort', tombstone: tombstone() }

describe('participant: on disk at restart', () => {
  test('nothing: it never voted yes, nothing is locked and nothing is asked', () => {
    const node = participant()
    assert.deepEqual(node.step({ kind: 'tick' }, 10_000), [])
    assert.equal(node.state.locks.size, 0)
    assert.deepEqual(decide(node, decision('GlobalCommit')), [
      { kind: 'refuse', callId: 2, reason: 'UNKNOWN_TRANSACTION' },
    ])
  })

  test('O16 O18 P3 `prepare`: in doubt; the lock stays, it asks at once', () => {
    const node = participant([hasPicture, prepare])
    assert.deepEqual([...node.state.locks], [['a.png', 'T1']])
    assert.deepEqual(node.step({ kind: 'tick' }, 0), [{ kind: 'ask', to: 'c', query: query() }])
    assert.deepEqual(vote(node, voteRequest({ transactionId: 'T2', order: order(2) })), [
      { kind: 'write', record: { type: 'abort', tombstone: refusedT2 } },
      { kind: 'unstage', transactionId: 'T2' },
      { kind: 'vote', callId: 1, vote: { granted: false, reason: 'PICTURE_LOCKED' } },
    ])
  })

  test('P4 `prepare` of an upload: the staged bytes are not given away, and GlobalCommit stores them', () => {
    const transaction = prepared({ operation: upload, blob: staged.blob })
    const node = participant([hasPicture, { type: 'prepare', transaction }])
    assert.deepEqual(duties(decide(node, decision('GlobalCommit'))), [
      { kind: 'force', record: commit },
      { kind: 'discard', blob: 'old' },
      { kind: 'ack', callId: 2 },
    ])
    const stored = { size: 3, sha256: 'ab', blob: 'new', likes: 0, uploadTime: 77 }
    assert.deepEqual([...node.state.pictures], [['a.png', stored]])
  })

  test('O16 `prepare`: GlobalCommit commits, GlobalAbort unlocks', () => {
    assert.deepEqual(duties(decide(participant([hasPicture, prepare]), decision('GlobalCommit'))), [
      { kind: 'force', record: commit },
      { kind: 'discard', blob: 'old' },
      { kind: 'ack', callId: 2 },
    ])
    assert.deepEqual(duties(decide(participant([hasPicture, prepare]), decision('GlobalAbort'))), [
      { kind: 'write', record: abort },
      { kind: 'ack', callId: 2 },
    ])
  })

  test('P19 `prepare`, `commit`: the change is in the state again; GlobalCommit is acknowledged', () => {
    const node = participant([hasPicture, prepare, commit])
    assert.equal(node.state.pictures.has('a.png'), false)
    assert.equal(node.state.locks.size, 0)
    assert.deepEqual(node.step({ kind: 'tick' }, 10_000), [])
    assert.deepEqual(decide(node, decision('GlobalCommit')), [{ kind: 'ack', callId: 2 }])
    assert.deepEqual(ask(node, query()), [{ kind: 'answer', callId: 3, answer: 'commit' }])
  })

  test('P7 `prepare`, `abort`: unlocked; GlobalAbort is acknowledged, a late VoteRequest refused', () => {
    const node = participant([hasPicture, prepare, abort])
    assert.deepEqual([...node.state.pictures], [['a.png', picture()]])
    assert.equal(node.state.locks.size, 0)
    assert.deepEqual(decide(node, decision('GlobalAbort')), [{ kind: 'ack', callId: 2 }])
    assert.deepEqual(vote(node, voteRequest()), [
      { kind: 'vote', callId: 1, vote: { granted: false, reason: 'TRANSACTION_ABORTED' } },
    ])
  })

  test('a VoteRequest repeated after all are finished leaves no record that the replay refuses', () => {
    const node = participant([hasPicture])
    const log: ParticipantRecord[] = [hasPicture]
    const keep = (owed: ReturnType<typeof vote>) => {
      for (const output of owed) {
        if (output.kind === 'force' || output.kind === 'write') log.push(output.record)
      }
    }
    keep(vote(node, voteRequest()))
    keep(decide(node, decision('GlobalCommit')))
    const later = { transactionId: 'T2', order: order(2), finishedBefore: order(2) }
    keep(decide(node, decision('GlobalAbort', later)))
    keep(vote(node, voteRequest()))
    assert.doesNotThrow(() => participant(log))
  })

  test('P18 GlobalCommit is acknowledged again when the coordinator lost its `end` record', () => {
    const node = participant([hasPicture, prepare, commit])
    const later = { transactionId: 'T2', order: order(2), finishedBefore: order(2) }
    decide(node, decision('GlobalAbort', later))
    assert.equal(node.state.tombstone(tombstone()), undefined)
    // 1. All acknowledged T1. 2. The coordinator forgot it, said so with T2, and crashed before its
    // `end` reached the disk. 3. It resumes T1.
    assert.deepEqual(decide(node, decision('GlobalCommit')), [{ kind: 'ack', callId: 2 }])
  })

  const refusedT2 = tombstone({
    transactionId: 'T2',
    order: order(2),
    reason: 'PICTURE_LOCKED',
  })
})
