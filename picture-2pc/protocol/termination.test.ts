import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import type { DecisionAnswer } from './messages.ts'
import type { Participant } from './participant.ts'
import type { ParticipantOutput } from './participant-io.ts'
import type { ParticipantRecord } from './participant-records.ts'
import {
  answered,
  ask,
  decide,
  decision,
  duties,
  hasPicture,
  inquiryTiming,
  order,
  participant,
  picture,
  prepared,
  query,
  tombstone,
  vote,
  voteRequest,
} from './test/build.ts'

const prepare: ParticipantRecord = { type: 'prepare', transaction: prepared() }
const commit: ParticipantRecord = { type: 'commit', transactionId: 'T1' }
const abort: ParticipantRecord = { type: 'abort', tombstone: tombstone() }
const asks = (...nodes: readonly string[]) =>
  nodes.map((to): ParticipantOutput => ({ kind: 'ask', to, query: query() }))

describe('participant: in doubt', () => {
  test('O18 it asks the coordinator after a while, and again for as long as it is pending', () => {
    const node = participant()
    vote(node, voteRequest())
    assert.deepEqual(node.step({ kind: 'tick' }, 99), [])
    assert.deepEqual(node.step({ kind: 'tick' }, 100), asks('c'))
    const rest = { transactionId: 'T1', filename: 'a.png', retryInMs: 100 }
    assert.deepEqual(node.step(answered('c', 'pending'), 100), [
      { kind: 'event', event: { kind: 'stillInDoubt', ...rest } },
    ])
    assert.deepEqual(node.step({ kind: 'tick' }, 199), [])
    assert.deepEqual(node.step({ kind: 'tick' }, 200), asks('c'))
    assert.deepEqual(node.step({ kind: 'tick' }, 100_000), [])
  })

  for (const [answer, record] of [
    ['commit', { kind: 'force', record: commit }],
    ['abort', { kind: 'write', record: abort }],
  ] as const) {
    test(`told to ${answer}, it decides, and a late answer changes nothing`, () => {
      const node = participant([hasPicture, prepare])
      node.step({ kind: 'tick' }, 0)
      const rest = { transactionId: 'T1', filename: 'a.png', by: 'c', asked: true } as const
      const event = { kind: 'decided', decision: answer, ...rest } as const
      const discards = answer === 'commit' ? [{ kind: 'discard', blob: 'old' }] : []
      const owed = [record, ...discards, { kind: 'event', event }]
      assert.deepEqual(node.step(answered('c', answer), 0), owed)
      assert.deepEqual(node.step(answered('c', answer), 0), [])
      assert.deepEqual(node.step({ kind: 'tick' }, 100_000), [])
    })
  }

  for (const answer of [null, 'unknown', 'inDoubt'] as const) {
    test(`P16 when the coordinator says ${answer}, all peers are asked at once`, () => {
      const node = participant([hasPicture, prepare])
      node.step({ kind: 'tick' }, 0)
      assert.deepEqual(node.step(answered('c', answer), 0), asks('n2', 'n3'))
      assert.deepEqual(node.step(answered('c', null), 0), [], 'not asked twice')
      assert.deepEqual(node.step(answered('n9', 'abort'), 0), [], 'not asked at all')
    })
  }

  test('only peers that take part in the transaction are asked; with none, it waits', () => {
    const transaction = prepared({ participants: ['n1'] })
    const node = participant([hasPicture, { type: 'prepare', transaction }])
    node.step({ kind: 'tick' }, 0)
    assert.deepEqual(duties(node.step(answered('c', null), 0)), [])
    assert.equal(node.step({ kind: 'tick' }, inquiryTiming.first).length, 1)
  })

  test('what is decided while a question is open is settled', () => {
    const node = participant([hasPicture, prepare])
    node.step({ kind: 'tick' }, 0)
    const message = { ...tombstone(), kind: 'GlobalCommit', filename: 'a.png' } as const
    node.step({ kind: 'decision', callId: 2, message: { ...message, finishedBefore: null } }, 0)
    assert.deepEqual(node.step(answered('c', 'abort'), 0), [])
    assert.equal(node.state.pictures.size, 0)
  })

  /** So many likes in doubt, each of its own picture. */
  function inDoubt(count: number): Participant {
    const records = Array.from({ length: count }, (_, index): ParticipantRecord[] => {
      const filename = `${index}.png`
      const rest = { transactionId: `T${index}`, order: order(index + 1), filename }
      const transaction = prepared({ operation: { kind: 'like' }, ...rest })
      return [
        { type: 'upload', filename, picture: picture() },
        { type: 'prepare', transaction },
      ]
    })
    return participant(records.flat())
  }

  test('P17 decisions that come by themselves make room for the questions about others', () => {
    const node = inDoubt(65)
    assert.equal(node.step({ kind: 'tick' }, 0).length, 64)
    const message = decision('GlobalAbort', { transactionId: 'T0', filename: '0.png' })
    decide(node, message)
    const next = node.step({ kind: 'tick' }, 1)
    assert.deepEqual(
      next.map((output) => output.kind === 'ask' && output.query.transactionId),
      ['T64'],
    )
  })

  test('P17 ten thousand in doubt after a restart: a bounded number in flight, all settled', () => {
    const node = inDoubt(10_000)
    let open = duties(node.step({ kind: 'tick' }, 0))
    let most = 0
    let total = 0
    while (open.length > 0) {
      most = Math.max(most, open.length)
      const [first, ...rest] = open
      assert.ok(first?.kind === 'ask')
      total += 1
      const { transactionId } = first.query
      const input = { kind: 'answered', transactionId, from: 'c', answer: 'abort' } as const
      open = [...rest, ...duties(node.step(input, 0)).filter(({ kind }) => kind === 'ask')]
    }
    assert.deepEqual([total, most, node.state.prepared.size], [10_000, 64, 0])
  })
})

describe('participant: asked by a peer', () => {
  const answer = (given: DecisionAnswer): ParticipantOutput => ({
    ...{ kind: 'answer', callId: 3 },
    answer: given,
  })

  test('P16 prepared: in doubt as well; committed: commit', () => {
    assert.deepEqual(ask(participant([hasPicture, prepare]), query()), [answer('inDoubt')])
    const committed = participant([hasPicture, prepare, commit])
    assert.deepEqual(ask(committed, query()), [answer('commit')])
  })

  for (const reason of [null, 'PICTURE_NOT_FOUND'] as const) {
    test(`P16 aborted (${reason}): abort, once that is certain to be on disk`, () => {
      const record: ParticipantRecord = { type: 'abort', tombstone: tombstone({ reason }) }
      const node = participant([hasPicture, record])
      assert.deepEqual(ask(node, query()), [
        { kind: 'force', record },
        { kind: 'unstage', transactionId: 'T1' },
        answer('abort'),
      ])
    })
  }

  test('P16 P7 never voted: it forces an abort first, and a late VoteRequest finds it', () => {
    const node = participant()
    assert.deepEqual(ask(node, query()), [
      { kind: 'force', record: abort },
      { kind: 'unstage', transactionId: 'T1' },
      answer('abort'),
    ])
    for (const late of [node, participant([hasPicture, abort])]) {
      assert.deepEqual(vote(late, voteRequest()), [
        { kind: 'vote', callId: 1, vote: { granted: false, reason: 'TRANSACTION_ABORTED' } },
      ])
    }
  })

  test('never asked to vote and no participant of it: unknown', () => {
    const node = participant()
    assert.deepEqual(ask(node, query({ participants: ['n2', 'n3'] })), [answer('unknown')])
  })

  test('P18 finished and forgotten: unknown, since it may have committed', () => {
    const node = participant()
    node.state.learnFinished(query(), order(2))
    assert.deepEqual(ask(node, query()), [answer('unknown')])
    assert.deepEqual(ask(node, query({ order: order(2) })).at(-1), answer('abort'))
  })
})

describe('P16 cooperative termination: every combination of two peers', () => {
  const states = {
    prepared: [hasPicture, prepare],
    committed: [hasPicture, prepare, commit],
    aborted: [hasPicture, prepare, abort],
    'voted no': [{ type: 'abort', tombstone: tombstone({ reason: 'PICTURE_NOT_FOUND' }) }],
    'never voted': [hasPicture],
    unreachable: null,
  } as const satisfies Record<string, readonly ParticipantRecord[] | null>
  type State = keyof typeof states
  const aborts: readonly State[] = ['aborted', 'voted no', 'never voted']

  function start(name: State, id: string): Participant | null {
    const records = states[name]
    return records === null ? null : participant(records, { id })
  }

  for (const first of Object.keys(states) as State[]) {
    for (const other of Object.keys(states) as State[]) {
      const both = [first, other]
      const commits = both.includes('committed')
      if (commits && both.some((state) => aborts.includes(state))) continue // impossible
      const expected = commits ? 'commit' : both.some((s) => aborts.includes(s)) ? 'abort' : null
      test(`${first}, ${other}: ${expected ?? 'stays in doubt'}`, () => {
        const node = participant([hasPicture, prepare])
        node.step({ kind: 'tick' }, 0)
        node.step(answered('c', null), 0)
        for (const [id, state] of [
          ['n2', first],
          ['n3', other],
        ] as const) {
          const peer = start(state, id)
          const output = peer === null ? null : ask(peer, query()).at(-1)
          const heard = output?.kind === 'answer' ? output.answer : null
          node.step(answered(id, heard), 0)
        }
        assert.equal(node.state.prepared.has('T1'), expected === null)
        assert.equal(node.state.locks.has('a.png'), expected === null)
        assert.equal(node.state.tombstone(tombstone())?.decision ?? null, expected)
        const next = node.step({ kind: 'tick' }, inquiryTiming.first)
        assert.deepEqual(next, expected === null ? asks('c') : [])
      })
    }
  }
})
