import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import type { DecisionMessage, Refusal, VoteRequest } from './messages.ts'
import type { Space, Staged } from './participant-io.ts'
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

const granted = (likes: number) => ({ kind: 'vote', callId: 1, vote: { granted: true, likes } })
const refused = (reason: Refusal) => ({
  ...{ kind: 'vote', callId: 1 },
  vote: { granted: false, reason },
})
const prepare: ParticipantRecord = { type: 'prepare', transaction: prepared() }
const commit: ParticipantRecord = { type: 'commit', transactionId: 'T1' }
const second = { transactionId: 'T2', order: order(2) }

describe('participant: VoteRequest', () => {
  test('P4 O16 a yes is forced before it is said', () => {
    const transactionId = 'T1'
    assert.deepEqual(vote(participant(), voteRequest()), [
      { kind: 'force', record: prepare },
      { kind: 'event', event: { kind: 'prepared', transactionId, filename: 'a.png' } },
      granted(4),
    ])
  })

  test('a yes to an upload keeps its staged bytes', () => {
    const transaction = prepared({ operation: upload, blob: 'new' })
    assert.deepEqual(duties(vote(participant([]), voteRequest({ operation: upload }), staged)), [
      { kind: 'force', record: { type: 'prepare', transaction } },
      granted(0),
    ])
  })

  test('a yes to a like says how many there will be', () => {
    const message = voteRequest({ operation: { kind: 'like' } })
    assert.deepEqual(duties(vote(participant(), message)).at(-1), granted(5))
  })

  const locked = { type: 'prepare', transaction: prepared(second) } as const
  const later = prepared({ transactionId: 'T9', order: order(1, 5), filename: 'z.png' })
  const refusals: readonly (readonly [
    Refusal,
    readonly ParticipantRecord[],
    Partial<VoteRequest>,
    Staged | null,
    Space,
  ])[] = [
    ['PICTURE_NOT_FOUND', [], {}, null, 'plenty'],
    ['PICTURE_NOT_FOUND', [], { operation: { kind: 'like' } }, null, 'plenty'],
    ['PICTURE_LOCKED', [hasPicture, locked], {}, null, 'plenty'],
    ['NOT_STAGED', [], { operation: upload }, null, 'plenty'],
    ['NOT_STAGED', [], { operation: upload }, { ...staged, size: 2 }, 'plenty'],
    ['NOT_STAGED', [], { operation: upload }, { ...staged, sha256: 'ff' }, 'plenty'],
    ['DISK_FULL', [], { operation: upload }, staged, 'deletesOnly'],
    ['DISK_FULL', [hasPicture], { operation: { kind: 'like' } }, null, 'deletesOnly'],
    ['DISK_FULL', [hasPicture], {}, null, 'none'],
    [
      'COORDINATOR_FENCED',
      [hasPicture, { type: 'prepare', transaction: later }],
      {},
      null,
      'plenty',
    ],
  ]
  for (const [reason, records, change, bytes, space] of refusals) {
    const operation = change.operation?.kind ?? 'delete'
    const kept = space === 'plenty' ? 'is written' : 'costs no disk'
    test(`a no to a ${operation}, ${reason}, disk ${space}, ${kept}, and stays`, () => {
      const node = participant(records)
      node.step({ kind: 'space', space }, 0)
      const message = voteRequest(change)
      const written = { kind: 'write', record: { type: 'abort', tombstone: tombstone({ reason }) } }
      assert.deepEqual(vote(node, message, bytes), [
        ...(space === 'plenty' ? [written] : []),
        { kind: 'unstage', transactionId: 'T1' },
        refused(reason),
      ])
      node.step({ kind: 'space', space: 'plenty' }, 0)
      assert.deepEqual(vote(node, message, staged), [refused(reason)])
    })
  }

  test('S11 on a full disk the abort of what never was prepared costs no disk, and stays', () => {
    const node = participant()
    node.step({ kind: 'space', space: 'none' }, 0)
    assert.deepEqual(decide(node, decision('GlobalAbort')), [
      { kind: 'unstage', transactionId: 'T1' },
      { kind: 'ack', callId: 2 },
    ])
    node.step({ kind: 'space', space: 'plenty' }, 0)
    assert.deepEqual(vote(node, voteRequest()), [refused('TRANSACTION_ABORTED')])
  })

  test('with room for deletes only, a delete is granted', () => {
    const node = participant()
    node.step({ kind: 'space', space: 'deletesOnly' }, 0)
    assert.deepEqual(duties(vote(node, voteRequest())).at(-1), granted(4))
  })

  test('too many prepared: refused', () => {
    const node = participant([hasPicture], { maxPrepared: 0 })
    assert.deepEqual(vote(node, voteRequest()).at(-1), refused('OVERLOADED'))
  })

  test('O21 repeated before the decision: the same yes, and nothing is written again', () => {
    const node = participant()
    vote(node, voteRequest())
    assert.deepEqual(vote(node, voteRequest({ finishedBefore: order(1) })), [granted(4)])
    assert.deepEqual([...node.state.locks], [['a.png', 'T1']])
  })

  test('O21 repeated after the decision: the same vote', () => {
    const committed = participant([hasPicture, prepare, commit])
    assert.deepEqual(vote(committed, voteRequest()), [granted(0)])
    const refusing = participant([])
    vote(refusing, voteRequest())
    decide(refusing, decision('GlobalAbort'))
    assert.deepEqual(vote(refusing, voteRequest()), [refused('PICTURE_NOT_FOUND')])
  })

  test('P7 late, after its abort: no', () => {
    const node = participant()
    assert.deepEqual(decide(node, decision('GlobalAbort')), [
      { kind: 'write', record: { type: 'abort', tombstone: tombstone() } },
      { kind: 'unstage', transactionId: 'T1' },
      { kind: 'ack', callId: 2 },
    ])
    assert.deepEqual(vote(node, voteRequest()), [refused('TRANSACTION_ABORTED')])
    assert.equal(node.state.locks.size, 0)
  })

  test('P7 late, after everything of its time is finished: no, also without a tombstone', () => {
    const node = participant()
    decide(node, decision('GlobalAbort', { ...second, finishedBefore: order(2) }))
    assert.deepEqual(vote(node, voteRequest()), [
      { kind: 'unstage', transactionId: 'T1' },
      refused('TRANSACTION_FINISHED'),
    ])
  })

  test('the same id with another content is an error, and changes nothing', () => {
    const node = participant([hasPicture, prepare])
    for (const change of [
      { filename: 'b.png' },
      { operation: { kind: 'like' } },
      { coordinatorDisk: 'other' },
    ] as const) {
      assert.deepEqual(vote(node, voteRequest(change)), [refused('INVALID_ARGUMENT')])
    }
  })

  test('only configured coordinators are heard', () => {
    const node = participant()
    const refuse = (callId: number) => [{ kind: 'refuse', callId, reason: 'UNKNOWN_COORDINATOR' }]
    assert.deepEqual(vote(node, voteRequest({ coordinatorId: 'x' })), refuse(1))
    assert.deepEqual(decide(node, decision('GlobalAbort', { coordinatorId: 'x' })), refuse(2))
    const answer = { kind: 'answer', callId: 3, answer: 'unknown' }
    assert.deepEqual(ask(node, query({ coordinatorId: 'x' })), [answer])
  })

  test('P12 an earlier run, or another disk of the same epoch, is fenced; a later one is not', () => {
    const one = prepared({ transactionId: 'T9', order: order(1, 5), filename: 'z.png' })
    const ask = (change: Partial<VoteRequest>) =>
      vote(
        participant([hasPicture, { type: 'prepare', transaction: one }]),
        voteRequest(change),
      ).at(-1)
    assert.deepEqual(ask({ order: order(9, 4) }), refused('COORDINATOR_FENCED'))
    const copy = { order: order(9, 5), coordinatorDisk: 'copy' }
    assert.deepEqual(ask(copy), refused('COORDINATOR_FENCED'))
    assert.deepEqual(ask({ order: order(9, 5) }), granted(4))
    assert.deepEqual(ask({ order: order(1, 6), coordinatorDisk: 'copy' }), granted(4))
    assert.deepEqual(ask({ order: null, coordinatorDisk: '' }), granted(4))
  })
})

describe('participant: GlobalCommit and GlobalAbort', () => {
  const refuse = (reason: Refusal) => [{ kind: 'refuse', callId: 2, reason }]

  test('a commit is forced before its Ack; the file goes after that', () => {
    const node = participant([hasPicture, prepare])
    const rest = { transactionId: 'T1', filename: 'a.png', by: 'c', asked: false } as const
    const event = { kind: 'decided', decision: 'commit', ...rest } as const
    assert.deepEqual(decide(node, decision('GlobalCommit')), [
      { kind: 'force', record: commit },
      { kind: 'discard', blob: 'old' },
      { kind: 'event', event },
      { kind: 'ack', callId: 2 },
    ])
    assert.deepEqual(decide(node, decision('GlobalCommit')), [{ kind: 'ack', callId: 2 }])
  })

  test('an abort of an upload is written, and drops the staged bytes', () => {
    const transaction = prepared({ operation: upload, blob: 'new' })
    const node = participant([{ type: 'prepare', transaction }])
    assert.deepEqual(duties(decide(node, decision('GlobalAbort'))), [
      { kind: 'write', record: { type: 'abort', tombstone: tombstone() } },
      { kind: 'discard', blob: 'new' },
      { kind: 'ack', callId: 2 },
    ])
    assert.deepEqual(decide(node, decision('GlobalAbort')), [{ kind: 'ack', callId: 2 }])
  })

  test('O15 P1 GlobalCommit of what was never prepared is an error, not an Ack', () => {
    const node = participant()
    assert.deepEqual(decide(node, decision('GlobalCommit')), refuse('UNKNOWN_TRANSACTION'))
    assert.deepEqual([...node.state.pictures], [['a.png', picture()]])
  })

  test('P6 P10 the opposite decision is refused, and changes nothing', () => {
    const committed = participant([hasPicture, prepare, commit])
    assert.deepEqual(decide(committed, decision('GlobalAbort')), refuse('DECISION_CONFLICT'))
    const aborted = participant([hasPicture, { type: 'abort', tombstone: tombstone() }])
    assert.deepEqual(decide(aborted, decision('GlobalCommit')), refuse('DECISION_CONFLICT'))
    assert.deepEqual([...aborted.state.pictures], [['a.png', picture()]])
  })

  test('O14 P8 the abort of T2 does not free the lock of T1', () => {
    const node = participant()
    vote(node, voteRequest())
    assert.deepEqual(vote(node, voteRequest(second)).at(-1), refused('PICTURE_LOCKED'))
    assert.deepEqual(decide(node, decision('GlobalAbort', second)), [{ kind: 'ack', callId: 2 }])
    assert.deepEqual([...node.state.locks], [['a.png', 'T1']])
    assert.equal(duties(decide(node, decision('GlobalCommit'))).at(-1)?.kind, 'ack')
    assert.equal(node.state.pictures.size, 0)
  })

  test('a decision counts only from the coordinator, and for the picture, of the vote', () => {
    const changes: readonly (readonly [Partial<DecisionMessage>, Refusal])[] = [
      [{ coordinatorId: 'd' }, 'UNKNOWN_COORDINATOR'],
      [{ coordinatorDisk: 'other' }, 'COORDINATOR_FENCED'],
      [{ filename: 'b.png' }, 'INVALID_ARGUMENT'],
    ]
    for (const [change, reason] of changes) {
      const node = participant([hasPicture, prepare], { coordinators: ['c', 'd'] })
      for (const kind of ['GlobalCommit', 'GlobalAbort'] as const) {
        assert.deepEqual(decide(node, decision(kind, change)), refuse(reason))
      }
      assert.equal(node.state.locks.size, 1)
    }
  })

  test('P18 the word on what is finished drops tombstones, but not before its own decision', () => {
    const node = participant()
    vote(node, voteRequest())
    decide(node, decision('GlobalCommit', { finishedBefore: order(1) }))
    assert.equal(node.state.snapshot().tombstones.length, 1)
    vote(node, voteRequest({ ...second, finishedBefore: order(2) }))
    assert.deepEqual(
      node.state.snapshot().tombstones.map(({ transactionId }) => transactionId),
      ['T2'],
    )
    assert.deepEqual(decide(node, decision('GlobalAbort')), [{ kind: 'ack', callId: 2 }])
  })
})

describe('participant: plain operations', () => {
  const plain = { callId: 9, filename: 'a.png' }
  const next = picture({ blob: 'next', likes: 0 })

  test('they are forced before they are done', () => {
    const node = participant()
    assert.deepEqual(node.step({ kind: 'like', ...plain }, 0), [
      { kind: 'force', record: { type: 'like', filename: 'a.png' } },
      { kind: 'done', callId: 9, success: true, likes: 5 },
    ])
    assert.deepEqual(node.step({ kind: 'upload', ...plain, picture: next }, 0), [
      { kind: 'force', record: { type: 'upload', filename: 'a.png', picture: next } },
      { kind: 'discard', blob: 'old' },
      { kind: 'done', callId: 9, success: true, likes: 0 },
    ])
    assert.deepEqual(node.step({ kind: 'delete', ...plain }, 0), [
      { kind: 'force', record: { type: 'delete', filename: 'a.png' } },
      { kind: 'discard', blob: 'next' },
      { kind: 'done', callId: 9, success: true, likes: 0 },
    ])
    for (const kind of ['delete', 'like'] as const) {
      const nothing = { kind: 'done', callId: 9, success: false, likes: 0 }
      assert.deepEqual(node.step({ kind, ...plain }, 0), [nothing])
    }
  })

  test('they respect locks', () => {
    const node = participant([hasPicture, prepare])
    const refuse = { kind: 'refuse', callId: 9, reason: 'PICTURE_LOCKED' }
    assert.deepEqual(node.step({ kind: 'delete', ...plain }, 0), [refuse])
    assert.deepEqual(node.step({ kind: 'like', ...plain }, 0), [refuse])
    const discard = { kind: 'discard', blob: 'next' }
    assert.deepEqual(node.step({ kind: 'upload', ...plain, picture: next }, 0), [discard, refuse])
  })

  test('a full disk refuses them; deletes may use what is kept back for them', () => {
    const node = participant()
    const refuse = { kind: 'refuse', callId: 9, reason: 'DISK_FULL' }
    node.step({ kind: 'space', space: 'deletesOnly' }, 0)
    assert.deepEqual(node.step({ kind: 'like', ...plain }, 0), [refuse])
    const discard = { kind: 'discard', blob: 'next' }
    assert.deepEqual(node.step({ kind: 'upload', ...plain, picture: next }, 0), [discard, refuse])
    node.step({ kind: 'space', space: 'none' }, 0)
    assert.deepEqual(node.step({ kind: 'delete', ...plain }, 0), [refuse])
    node.step({ kind: 'space', space: 'deletesOnly' }, 0)
    assert.equal(node.step({ kind: 'delete', ...plain }, 0).at(-1)?.kind, 'done')
  })
})
