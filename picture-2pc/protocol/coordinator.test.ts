import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import type { Coordinator } from './coordinator.ts'
import type { CoordinatorOutput, CountedVote } from './coordinator-io.ts'
import {
  allYes,
  begin,
  commitRecord,
  coordinator,
  decision,
  duties,
  nodes,
  noFound,
  order,
  query,
  voteRequest,
  yes,
} from './test/build.ts'

function vote(of: Coordinator, from: string, counted: CountedVote = yes, now = 0) {
  return of.step({ kind: 'vote', transactionId: 'T1', from, vote: counted }, now)
}

function ack(of: Coordinator, from: string, now = 0) {
  return of.step({ kind: 'ack', transactionId: 'T1', from }, now)
}

function fail(of: Coordinator, from: string, now = 0) {
  return of.step({ kind: 'deliveryFailed', transactionId: 'T1', from, reason: 'gone' }, now)
}

function asked(of: Coordinator, change: Parameters<typeof query>[0] = {}) {
  const [output] = of.step({ kind: 'query', callId: 3, query: query(change) }, 0)
  assert.ok(output?.kind === 'answer')
  return output.answer
}

function sends(kind: 'GlobalCommit' | 'GlobalAbort', to: readonly string[] = nodes) {
  const message = decision(kind, { finishedBefore: order(1) })
  return to.map((node): CoordinatorOutput => ({ kind: 'send', to: node, message }))
}

function event(event: Extract<CoordinatorOutput, { kind: 'event' }>['event']): CoordinatorOutput {
  return { kind: 'event', event }
}

const counted = (votes: readonly CountedVote[]) =>
  nodes.map((node, index) => [node, votes[index] ?? yes] as const)
const outcome = { transactionId: 'T1', filename: 'a.png' }

describe('coordinator: preparing', () => {
  test('a transaction begins by asking all, and writes nothing', () => {
    const message = voteRequest({ finishedBefore: order(1) })
    assert.deepEqual(begin(coordinator()), [
      event({ kind: 'began', transactionId: 'T1', filename: 'a.png', operation: 'delete' }),
      ...nodes.map((to) => ({ kind: 'send', to, message })),
    ])
  })

  test('P5 the last yes forces the decision before anybody hears it', () => {
    const node = coordinator()
    begin(node)
    for (const from of ['n2', 'n1']) {
      const voted = event({ kind: 'voted', transactionId: 'T1', from, vote: yes })
      assert.deepEqual(vote(node, from), [voted])
    }
    assert.deepEqual(vote(node, 'n3', { vote: 'commit', likes: 6 }), [
      event({ kind: 'voted', transactionId: 'T1', from: 'n3', vote: { vote: 'commit', likes: 6 } }),
      { kind: 'force', record: commitRecord({ likes: 6 }) },
      event({ kind: 'decided', transactionId: 'T1', decision: 'commit' }),
      ...sends('GlobalCommit'),
    ])
    assert.equal(node.committing, 1)
  })

  test('the request key of the client is in the record', () => {
    const node = coordinator()
    const requestKey = { key: 'k', fingerprint: 'f' }
    const rest = { transactionId: 'T1', filename: 'a.png', requestKey, callId: 1 }
    node.step({ kind: 'begin', operation: { kind: 'delete' }, ...rest }, 0)
    const [force] = duties(allYes(node))
    assert.deepEqual(force, { kind: 'force', record: commitRecord({ requestKey }) })
  })

  test('one no: aborted once all have voted, and nothing is written', () => {
    const node = coordinator()
    begin(node)
    assert.deepEqual(duties(vote(node, 'n1', noFound)), [])
    assert.deepEqual(duties(vote(node, 'n2')), [])
    assert.deepEqual(vote(node, 'n3'), [
      event({ kind: 'voted', transactionId: 'T1', from: 'n3', vote: yes }),
      event({ kind: 'decided', transactionId: 'T1', decision: 'abort' }),
      ...sends('GlobalAbort'),
    ])
    assert.deepEqual(node.unfinished(), [])
  })

  test('who is silent at the vote timeout counts as a no', () => {
    const node = coordinator()
    begin(node)
    vote(node, 'n1')
    vote(node, 'n3')
    assert.deepEqual(node.step({ kind: 'tick' }, 999), [])
    const owed = node.step({ kind: 'tick' }, 1_000)
    assert.deepEqual(duties(owed), sends('GlobalAbort'))
    assert.equal(owed.filter((output) => output.kind === 'event').length, 2)
  })

  test('P6 the first vote counts, and a vote after the decision changes nothing', () => {
    const node = coordinator()
    begin(node)
    vote(node, 'n1', noFound)
    assert.deepEqual(vote(node, 'n1'), [])
    vote(node, 'n2')
    vote(node, 'n3')
    assert.deepEqual(vote(node, 'n1'), [])
    assert.equal(node.outcome('T1')?.decision, 'abort')
    assert.deepEqual(node.outcome('T1')?.votes, counted([noFound]))
  })

  test('votes of strangers and about strange transactions count nowhere', () => {
    const node = coordinator()
    assert.deepEqual(vote(node, 'n1'), [])
    begin(node)
    assert.deepEqual(vote(node, 'n9'), [])
    assert.deepEqual(ack(node, 'n1'), [])
    assert.deepEqual(fail(node, 'n1'), [])
    assert.equal(node.outcome('T1'), null)
  })

  test('too many at a time, or a full disk: refused before anything begins', () => {
    const node = coordinator([], { maxOpen: 1 })
    begin(node)
    assert.deepEqual(begin(node, 'T2'), [{ kind: 'refuse', callId: 1, reason: 'OVERLOADED' }])
    assert.equal(node.open, 1)
    assert.deepEqual(node.step({ kind: 'space', enough: false }, 0), [])
    assert.deepEqual(begin(node, 'T2'), [{ kind: 'refuse', callId: 1, reason: 'DISK_FULL' }])
    node.step({ kind: 'space', enough: true }, 0)
    for (const from of nodes) vote(node, from, noFound)
    for (const from of nodes) ack(node, from)
    assert.equal(node.open, 0)
    assert.equal(duties(begin(node, 'T2')).length, 3)
    assert.throws(() => begin(coordinatorWith('T1'), 'T1'), /was used before/)
  })

  function coordinatorWith(id: string): Coordinator {
    const node = coordinator()
    begin(node, id)
    return node
  }
})

describe('coordinator: committing', () => {
  function committing(): Coordinator {
    const node = coordinator()
    begin(node)
    allYes(node)
    return node
  }

  test('the last Ack writes the end, answers the client, and forgets', () => {
    const node = committing()
    for (const from of ['n3', 'n1']) {
      const heard = event({ kind: 'acknowledged', transactionId: 'T1', from })
      assert.deepEqual(ack(node, from), [heard])
      assert.deepEqual(ack(node, from), [], 'once')
    }
    const votes = counted([])
    const details = ['ACK', 'ACK', 'ACK'] as const
    const told = { ...outcome, decision: 'commit', details, votes, likes: 4 } as const
    assert.deepEqual(ack(node, 'n2'), [
      event({ kind: 'acknowledged', transactionId: 'T1', from: 'n2' }),
      { kind: 'reply', callId: 1, outcome: told },
      { kind: 'write', record: { type: 'end', transactionId: 'T1' } },
      event({ kind: 'forgotten', transactionId: 'T1', complete: true }),
    ])
    assert.deepEqual([node.open, node.committing, node.outcome('T1')], [0, 0, null])
    assert.deepEqual(node.step({ kind: 'tick' }, 100_000), [])
    assert.deepEqual(ack(node, 'n2'), [])
  })

  test('O17 the client hears after the ack timeout who has not acknowledged; redelivery goes on', () => {
    const node = committing()
    ack(node, 'n1')
    ack(node, 'n3')
    assert.deepEqual(node.step({ kind: 'tick' }, 499), [])
    const details = ['ACK', 'FAILED', 'ACK'] as const
    const told = { ...outcome, decision: 'commit', details, votes: counted([]), likes: 4 } as const
    assert.deepEqual(node.step({ kind: 'tick' }, 500), [
      { kind: 'reply', callId: 1, outcome: told },
    ])
    assert.deepEqual([node.open, node.committing], [0, 1])
    for (let now = 1_000; now < 1_000_000; now += 10_000) {
      assert.deepEqual(node.step({ kind: 'tick' }, now), sends('GlobalCommit', ['n2']))
      assert.deepEqual(duties(fail(node, 'n2', now)), [])
    }
    const end = { type: 'end', transactionId: 'T1' } as const
    assert.deepEqual(duties(ack(node, 'n2', 1_000_000)), [{ kind: 'write', record: end }])
  })

  test('a failed delivery is tried again after the back-off', () => {
    const node = committing()
    assert.deepEqual(fail(node, 'n2', 10), [
      event({ kind: 'deliveryFailed', transactionId: 'T1', from: 'n2', reason: 'gone' }),
    ])
    assert.deepEqual(node.step({ kind: 'tick' }, 59), [])
    assert.deepEqual(node.step({ kind: 'tick' }, 60), sends('GlobalCommit', ['n2']))
    ack(node, 'n2')
    assert.deepEqual(fail(node, 'n2', 70), [])
  })

  test('P17 what was missed during an outage is not told all at once', () => {
    const records = Array.from({ length: 200 }, (_, index) =>
      commitRecord({ transactionId: `T${index}`, order: order(index + 1) }),
    )
    const node = coordinator(records, { epoch: 2, pastEpochs: [1] })
    const told = [0, 1, 2, 3].map((now) => node.step({ kind: 'tick' }, now).length)
    assert.deepEqual(told, [258, 258, 84, 0])
  })
})

describe('coordinator: aborting', () => {
  function aborting(votes: readonly CountedVote[]): Coordinator {
    const node = coordinator()
    begin(node)
    nodes.forEach((from, index) => {
      vote(node, from, votes[index] ?? yes)
    })
    return node
  }
  const none = { vote: 'none', reason: 'gone' } as const

  test('it is answered once all that voted have acknowledged, and forgotten without a record', () => {
    const node = aborting([noFound, none])
    assert.deepEqual(duties(ack(node, 'n1')), [])
    const details = ['ACK', 'FAILED', 'ACK'] as const
    const votes = counted([noFound, none])
    const told = { ...outcome, decision: 'abort', details, votes, likes: 4 } as const
    assert.deepEqual(duties(ack(node, 'n3')), [{ kind: 'reply', callId: 1, outcome: told }])
    assert.equal(asked(node), 'abort')
    assert.deepEqual(ack(node, 'n2'), [
      event({ kind: 'acknowledged', transactionId: 'T1', from: 'n2' }),
      event({ kind: 'forgotten', transactionId: 'T1', complete: true }),
    ])
  })

  test('the client does not wait longer than the ack timeout', () => {
    const node = aborting([noFound])
    const owed = node.step({ kind: 'tick' }, 500)
    assert.deepEqual(
      owed.map(({ kind }) => kind),
      ['reply'],
    )
    assert.equal(node.open, 0)
  })

  test('P18 an abort that nobody takes is given up; who is in doubt asks by itself', () => {
    const node = aborting([noFound])
    ack(node, 'n1')
    ack(node, 'n2')
    for (let attempt = 1; attempt < 6; attempt += 1) {
      assert.equal(fail(node, 'n3', attempt).length, 1)
    }
    assert.deepEqual(fail(node, 'n3', 6).slice(1).at(-1), {
      kind: 'event',
      event: { kind: 'forgotten', transactionId: 'T1', complete: false },
    })
    assert.equal(node.open, 0)
    assert.deepEqual(node.step({ kind: 'tick' }, 100_000), [])
    assert.equal(asked(node), 'abort')
  })
})

describe('coordinator: DecisionRequest', () => {
  test('pending while preparing, then the decision, then the presumption', () => {
    const node = coordinator()
    begin(node)
    assert.equal(asked(node), 'pending')
    allYes(node)
    assert.equal(asked(node), 'commit')
    begin(node, 'T2')
    for (const from of nodes) {
      node.step({ kind: 'vote', transactionId: 'T2', from, vote: noFound }, 0)
    }
    assert.equal(asked(node, { transactionId: 'T2', order: order(2) }), 'abort')
    assert.equal(asked(node, { transactionId: 'T9', order: order(9) }), 'abort')
  })

  test('P2 P12 no presumption for what another coordinator, disk or run began', () => {
    const node = coordinator([], { epoch: 7, pastEpochs: [3, 5] })
    assert.equal(asked(node, { order: order(1, 7) }), 'abort')
    assert.equal(asked(node, { order: order(1, 3) }), 'abort')
    assert.equal(asked(node, { order: order(1, 4) }), 'unknown')
    assert.equal(asked(node, { order: order(1, 8) }), 'unknown')
    assert.equal(asked(node, { coordinatorId: 'd' }), 'unknown')
    assert.equal(asked(node, { order: order(1, 7), coordinatorDisk: 'x' }), 'unknown')
    assert.equal(asked(node, { order: null, coordinatorDisk: '' }), 'abort')
  })
})

describe('coordinator: what is finished', () => {
  test('P18 the oldest that is open bounds it; when none is, all that was begun', () => {
    const node = coordinator()
    const word = (id: string) => {
      const sent = begin(node, id).find((output) => output.kind === 'send')
      return sent?.kind === 'send' ? sent.message.finishedBefore : null
    }
    assert.deepEqual([word('T1'), word('T2'), word('T3')], [order(1), order(1), order(1)])
    allYes(node, 'T2')
    for (const from of nodes) node.step({ kind: 'ack', transactionId: 'T2', from }, 0)
    assert.deepEqual(word('T4'), order(1))
    allYes(node, 'T1')
    assert.deepEqual(word('T5'), order(1), 'decided is not finished')
    for (const from of nodes) ack(node, from)
    assert.deepEqual(word('T6'), order(3))
    for (const id of ['T3', 'T4', 'T5', 'T6']) {
      allYes(node, id)
      for (const from of nodes) node.step({ kind: 'ack', transactionId: id, from }, 0)
    }
    assert.deepEqual(word('T7'), order(7))
  })
})
