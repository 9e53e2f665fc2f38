import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { accountOf } from './account.ts'
import { COORDINATOR, openTransaction, PARTICIPANTS, Told } from './test/stream.ts'
import { inDoubt, MOST_MOMENTS, outcome, phaseOf } from './transaction.ts'

const [ONE, TWO, THREE] = PARTICIPANTS

function lane(told: Told, transactionId: string, node: string): string[] {
  const moments = told.transaction(transactionId).lanes.get(node) ?? []
  return moments.map(({ what }) =>
    what.kind === 'rpc' ? `${what.direction} ${what.rpc}` : what.kind,
  )
}

test('a commit: votes, decision and acknowledgements in their lanes, in order', () => {
  const told = new Told()
  told.commit('t1')
  const transaction = told.transaction('t1')
  assert.equal(phaseOf(transaction), 'committed')
  assert.deepEqual(lane(told, 't1', TWO), [
    ...['received VoteRequest', 'forced', 'prepared', 'replied VoteRequest'],
    ...['received GlobalCommit', 'decided', 'replied GlobalCommit'],
  ])
  assert.deepEqual(
    [...transaction.parts.values()].map(({ vote, acknowledged }) => [vote, acknowledged]),
    PARTICIPANTS.map(() => ['commit', true]),
  )
  assert.equal(told.board.nodes.get(ONE)?.locks.size, 0)
})

test('an abort names who refused, and why', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  told.vote('t1', TWO, false)
  assert.equal(phaseOf(told.transaction('t1')), 'voting')
  assert.deepEqual([...(told.board.nodes.get(ONE)?.locks.keys() ?? [])], ['t1'])
  told.decide('t1', 'abort')
  assert.equal(phaseOf(told.transaction('t1')), 'aborting')
  told.deliver('t1', ONE, 'abort')
  told.say(COORDINATOR, { kind: 'forgotten', transactionId: 't1', complete: false })
  const transaction = told.transaction('t1')
  assert.equal(phaseOf(transaction), 'aborted')
  const { vote, reason } = transaction.parts.get(TWO) ?? {}
  assert.deepEqual([vote, reason], ['abort', 'PICTURE_NOT_FOUND'])
  assert.equal(told.board.nodes.get(ONE)?.locks.size, 0)
})

test('the coordinator dies before it decided: in doubt, nothing is claimed, until somebody tells', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  told.vote('t1', TWO)
  told.restart(COORDINATOR)
  told.hello('restarted', null)
  told.snapshot(COORDINATOR)
  const transaction = told.transaction('t1')
  assert.equal(phaseOf(transaction), 'unknown')
  assert.equal(outcome(transaction), null)
  assert.deepEqual(
    inDoubt(transaction).map(({ node }) => node),
    [ONE, TWO],
  )
  assert.ok(lane(told, 't1', COORDINATOR).includes('restarted'))
  const told1 = { transactionId: 't1', filename: 'a.png', decision: 'abort', by: COORDINATOR }
  told.say(ONE, { kind: 'decided', ...told1, asked: true })
  assert.deepEqual(outcome(transaction), { decision: 'abort', by: ONE })
  assert.equal(phaseOf(transaction), 'aborting')
  told.say(TWO, { kind: 'decided', ...told1, asked: true })
  assert.equal(phaseOf(transaction), 'aborted')
})

test('a commit found on the disk at a restart is delivered again, and is no orphan', () => {
  const told = new Told()
  told.begin('t1')
  for (const node of PARTICIPANTS) told.vote('t1', node)
  told.decide('t1', 'commit')
  told.restart(COORDINATOR)
  told.hello('restarted', null)
  const resumed = { ...openTransaction('t1', 5000), decision: 'commit' as const }
  told.snapshot(COORDINATOR, { transactions: [resumed] })
  assert.equal(phaseOf(told.transaction('t1')), 'committing')
  const failed = { transactionId: 't1', from: THREE, reason: 'no answer within 2000 ms' }
  told.say(COORDINATOR, { kind: 'deliveryFailed', ...failed })
  assert.equal(told.transaction('t1').parts.get(THREE)?.failures, 1)
  for (const node of PARTICIPANTS) told.deliver('t1', node, 'commit')
  told.say(COORDINATOR, { kind: 'forgotten', transactionId: 't1', complete: true })
  assert.equal(phaseOf(told.transaction('t1')), 'committed')
})

test('a hole in the sequence is a gap in the lane of that process alone, never filled', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  told.vote('t1', TWO)
  told.unheard(TWO, 3)
  told.status(TWO)
  const gaps =
    told
      .transaction('t1')
      .lanes.get(TWO)
      ?.filter(({ what }) => what.kind === 'gap') ?? []
  assert.deepEqual(
    gaps.map(({ what }) => what.kind === 'gap' && what.missing),
    [3],
  )
  assert.ok(!lane(told, 't1', ONE).includes('gap'))
  assert.equal(told.board.nodes.get(TWO)?.missed, 3)
  // Its state says that the lock is free: it is not in doubt, and nobody knows how it ended.
  assert.equal(told.transaction('t1').parts.get(TWO)?.decision, null)
  assert.deepEqual(
    inDoubt(told.transaction('t1')).map(({ node }) => node),
    [ONE],
  )
})

test('a stream that begins anew leaves a gap from when each was last heard to when it is again', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  const heard = told.time
  told.time += 5000
  told.hello('fresh', 0)
  told.snapshot(COORDINATOR, { transactions: [openTransaction('t1', 1001)] })
  const gap = told
    .transaction('t1')
    .lanes.get(COORDINATOR)
    ?.find(({ what }) => what.kind === 'gap')
  assert.deepEqual(gap?.what, { kind: 'gap', missing: null, since: heard })
  assert.equal(gap?.time, heard + 5000)
  assert.ok(!lane(told, 't1', ONE).includes('gap'), 'it was not heard again')
})

test('a stream that goes on may repeat events: none counts twice', () => {
  const told = new Told()
  told.begin('t1')
  const event = told.say(COORDINATOR, {
    ...{ kind: 'deliveryFailed', transactionId: 't1', from: ONE, reason: 'silent' },
  })
  told.hello('continued', 0)
  told.board.apply(event)
  assert.equal(told.transaction('t1').parts.get(ONE)?.failures, 1)
})

test('a stream that goes on repeats what a run said that is over: it is no restart', () => {
  const told = new Told()
  told.begin('t1')
  const old = told.say(ONE, { kind: 'prepared', transactionId: 't1', filename: 'a.png' })
  told.restart(ONE)
  told.hello('continued', 0)
  told.snapshot(ONE)
  told.board.apply(old)
  assert.equal(told.board.nodes.get(ONE)?.restarts, 1)
  assert.equal(told.board.nodes.get(ONE)?.locks.size, 0)
})

test('who begins to look later finds what is open and locked in the states, with its times', () => {
  const told = new Told()
  const open = openTransaction('t1', 400)
  told.status(COORDINATOR, { open: 1, transactions: [open] })
  const lock = { transactionId: 't1', filename: 'a.png', coordinator: COORDINATOR }
  told.status(ONE, { locks: [{ ...lock, operation: 'delete', preparedAt: 500 }], locksTotal: 1 })
  const transaction = told.transaction('t1')
  assert.deepEqual([transaction.firstTime, phaseOf(transaction)], [400, 'voting'])
  assert.equal(transaction.parts.get(ONE)?.preparedAt, 500)
  told.status(COORDINATOR)
  assert.equal(phaseOf(transaction), 'unknown', 'it is over, and nobody told how')
})

test('what the coordinator remembers is added, not put in the place of what was heard', () => {
  const told = new Told()
  const at = (ms: number) => new Date(ms).toISOString()
  const body = {
    ...{ transaction_id: 't1', filename: '<script>', operation: 'like', began_at: at(10) },
    ...{ decision: 'abort', decided_at: at(20), ended_at: at(30) },
    participants: [
      { node: ONE, vote: 'VoteAbort', reason: 'PICTURE_LOCKED', voted_at: at(15) },
      { node: TWO, vote: null, acknowledged_at: null, last_failure: null },
    ],
  }
  const account = accountOf(body)
  assert.ok(account !== null)
  told.board.remember(account, COORDINATOR)
  told.board.remember(account, COORDINATOR)
  assert.equal(phaseOf(told.transaction('t1')), 'aborted')
  assert.deepEqual(lane(told, 't1', COORDINATOR), ['began', 'voted', 'decided', 'forgotten'])
  assert.equal(told.transaction('t1').complete, false)
  assert.equal(accountOf({ transaction_id: 't1' }), null)
})

test('an answer may overtake the stream: what both tell is there once', () => {
  const told = new Told()
  const began = new Date(500).toISOString()
  const vote = { node: ONE, vote: 'VoteCommit', voted_at: began }
  const decided = { decision: 'commit', decided_at: began, ended_at: began }
  const account = accountOf({
    ...{ transaction_id: 't1', filename: 'a.png', operation: 'delete', began_at: began },
    ...{ ...decided, participants: [vote] },
  })
  assert.ok(account !== null)
  told.board.remember(account, COORDINATOR)
  told.commit('t1')
  const kinds = lane(told, 't1', COORDINATOR)
  for (const kind of ['began', 'decided', 'forgotten']) {
    assert.equal(kinds.filter((each) => each === kind).length, 1, kind)
  }
  assert.equal(kinds.filter((each) => each === 'voted').length, 3)
})

test('a peer that is not heard is said to be so, and keeps its last locks as of then', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  told.peer(ONE, false)
  const node = told.board.nodes.get(ONE)
  assert.deepEqual([node?.reachable, node?.reason, node?.locks.size], [false, 'no connection', 1])
})

test('memory is bounded: transactions, and the lane of one that never ends', () => {
  const told = new Told()
  told.begin('open')
  for (let retry = 0; retry < 1000; retry += 1) {
    const failed = { transactionId: 'open', from: ONE, reason: 'silent' }
    told.say(COORDINATOR, { kind: 'deliveryFailed', ...failed })
  }
  const transaction = told.transaction('open')
  assert.equal(transaction.lanes.get(COORDINATOR)?.length, MOST_MOMENTS)
  assert.equal(transaction.leftOut, 1001 - MOST_MOMENTS)
  assert.equal(transaction.parts.get(ONE)?.failures, 1000)
  for (let each = 0; each < 1500; each += 1) told.commit(`t${each}`)
  assert.ok(told.board.transactions.size <= 600)
  assert.ok(told.board.transactions.has('open'), 'what is open stays longest')
  assert.ok(told.board.transactions.has('t1499'))
})

test('whatever is lost of a stream, it never throws and never claims a commit that was none', () => {
  const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(3)), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(steps, (chosen) => {
      const told = new Told()
      for (const [step, place] of chosen) {
        const node = [COORDINATOR, ...PARTICIPANTS][place] ?? COORDINATOR
        const participant = PARTICIPANTS[place % 3] ?? ONE
        if (step === 0) told.begin(`t${place}`)
        else if (step === 1) told.vote(`t${place}`, participant)
        else if (step === 2) told.vote(`t${place}`, participant, false)
        else if (step === 3) told.decide(`t${place}`, 'abort')
        else if (step === 4) told.deliver(`t${place}`, participant, 'abort')
        else if (step === 5) told.unheard(node, 2)
        else if (step === 6) told.restart(node)
        else if (step === 7) told.status(node)
        else if (step === 8) told.peer(participant, place === 0)
        else told.hello('restarted', null)
      }
      for (const transaction of told.board.transactions.values()) {
        assert.ok(!phaseOf(transaction).startsWith('commit'))
      }
    }),
  )
})
