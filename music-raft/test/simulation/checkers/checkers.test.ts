import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { QueueOperation } from '../../../linearizability/queue-history.ts'
import { encodeCommand } from '../../../queue/command.ts'
import type { Outcome } from '../../../queue/outcome.ts'
import type { NodeId, Term } from '../../../raft/messages.ts'
import type { RaftEvent, Save } from '../../../raft/ready.ts'
import { bytes, entry, message } from '../../../raft/test/build.ts'
import { Checks } from './all.ts'
import { checkLinearizability } from './linearizability.ts'

// A checker that cannot speak would let everything pass: each is shown what it forbids, and before
// that what looks like it and is in order.

const CLIENT = '00000000-0000-4000-8000-000000000001'

/** What the checkers say of what is done to them. */
function said(events: (checks: Checks) => void): string[] {
  const found: string[] = []
  events(new Checks((what) => found.push(what)))
  return found
}

function assertSees(what: RegExp, sound: (checks: Checks) => void, wrong: typeof sound): void {
  assert.deepEqual(said(sound), [], 'what is in order')
  const [first = 'nothing'] = said((checks) => {
    sound(checks)
    wrong(checks)
  })
  assert.match(first, what)
}

function save(given: Partial<Save>): Save {
  const nothing = { hardState: null, chunks: [], snapshot: null, truncateFrom: null, entries: [] }
  return { id: 1, discardLog: false, ...nothing, ...given }
}

function leads(term: Term): RaftEvent {
  return { kind: 'becameLeader', term, index: 1 }
}

function stored(checks: Checks, id: NodeId, given: Partial<Save>): void {
  const saves = [save(given)]
  checks.saves(id, saves)
  checks.disk.confirms(id, saves)
}

function starts(checks: Checks, id: NodeId, found: Partial<Parameters<Checks['restarts']>[1]>) {
  checks.restarts(id, { hardState: null, entries: [], clusterId: 'c', ...found }, null)
}

test('Election Safety: two leaders in a term', () => {
  const sound = (checks: Checks) => {
    checks.observe(1, leads(2), 2)
    checks.observe(2, leads(3), 3)
  }
  assertSees(/Election Safety/, sound, (checks) => checks.observe(2, leads(2), 2))
})

test('Election Safety: two votes in a term, unless the disk between them was lost', () => {
  const vote = (to: NodeId, term: Term) => message('RequestVoteResponse', { from: 1, to, term })
  const sound = (checks: Checks) => {
    checks.sends(vote(2, 5))
    checks.sends(vote(2, 5))
    checks.wiped(1)
    checks.sends(vote(3, 5))
  }
  assertSees(/n1 voted for n3 and for n2 in term 5/, sound, (checks) => checks.sends(vote(2, 5)))
})

test('Leader Append-Only: a leader that cuts its log, or writes over it', () => {
  const sound = (checks: Checks) => {
    checks.observe(1, { kind: 'truncated', from: 3 }, 1)
    checks.observe(1, leads(2), 2)
    checks.saves(1, [save({ entries: [entry(2, 3), entry(2, 4)] })])
  }
  assertSees(/Leader Append-Only: n1 cut/, sound, (checks) => {
    checks.observe(1, { kind: 'truncated', from: 3 }, 2)
  })
  assertSees(/Leader Append-Only: n1 wrote 4 after 4/, sound, (checks) => {
    checks.saves(1, [save({ entries: [entry(2, 4)] })])
  })
})

test('Log Matching: other bytes, or another entry before', () => {
  const sound = (checks: Checks) => {
    checks.saves(1, [save({ entries: [entry(1, 1), entry(2, 2)] })])
    checks.saves(2, [save({ entries: [entry(1, 1), entry(2, 2)] })])
  }
  assertSees(/Log Matching: 2\/2 is not the same/, sound, (checks) => {
    checks.saves(3, [save({ entries: [entry(2, 2, 'ADD', bytes('other'))] })])
  })
  assertSees(/Log Matching: 2\/2 follows another/, sound, (checks) => {
    checks.saves(3, [save({ entries: [entry(2, 1), entry(2, 2)] })])
  })
})

test('Leader Completeness: a leader that lacks what was committed before its term', () => {
  const sound = (checks: Checks) => {
    for (const id of [1, 2, 3]) starts(checks, id, {})
    stored(checks, 1, { entries: [entry(1, 1)] })
    stored(checks, 2, { entries: [entry(1, 1)] })
    checks.observe(1, { kind: 'committed', index: 1, term: 1 }, 1)
    checks.observe(2, leads(2), 2)
  }
  const lacking = (checks: Checks) => checks.observe(3, leads(3), 3)
  assertSees(/Leader Completeness: n3 leads in term 3 without 1\/1/, sound, lacking)
})

const done: Outcome = {
  ...{ word: 'REMOVE', code: 'OK', id: 'a', track: null, position: 0, total: 0 },
  ...{ detail: '', replayed: false },
}
const nothing = { clusterId: null, divergence: null }

function request(requestId: number, index: number, id = 'a') {
  const identity = { clientId: CLIENT, requestId, maxSessions: 10 }
  const data = encodeCommand({ identity, operation: { kind: 'REMOVE', id } })
  return entry(1, index, 'REMOVE', data)
}

function applies(checks: Checks, id: NodeId, index: number, outcome = done, requestId = index) {
  checks.applies(id, request(requestId, index), { outcome, ...nothing }, `hash ${index}`)
}

test('State Machine Safety: another entry at an index, or one left out', () => {
  const sound = (checks: Checks) => {
    for (const id of [1, 2]) for (const index of [1, 2]) applies(checks, id, index)
    checks.restores(3, 2, 'hash 2')
    applies(checks, 3, 3)
  }
  assertSees(/State Machine Safety: two entries applied at 3/, sound, (checks) => {
    checks.applies(2, request(3, 3, 'b'), { outcome: done, ...nothing }, 'hash 3')
  })
  assertSees(/State Machine Safety: n1 applied 4 after 2/, sound, (checks) => applies(checks, 1, 4))
})

test('State hash: replicas that differ after the same entry, applied or restored', () => {
  const sound = (checks: Checks) => applies(checks, 1, 1)
  assertSees(/State hash: n2 applied 1/, sound, (checks) => {
    checks.applies(2, request(1, 1), { outcome: done, ...nothing }, 'another')
  })
  assertSees(/State hash: n2 restored 1/, sound, (checks) => checks.restores(2, 1, 'another'))
})

test('terms and commit indexes that fall', () => {
  const follows = (term: Term): RaftEvent => ({ kind: 'leaderChanged', leaderId: 2, term })
  const committed = (index: number): RaftEvent => ({ kind: 'committed', index, term: 1 })
  const sound = (checks: Checks) => {
    checks.observe(1, follows(4), 4)
    checks.observe(1, committed(7), 4)
    starts(checks, 1, { hardState: { currentTerm: 4, votedFor: null, recovering: 0 } })
    checks.observe(1, committed(6), 4)
  }
  assertSees(/n1 fell from term 4 to 3/, sound, (checks) => checks.observe(1, follows(3), 3))
  assertSees(/n1 committed 6 after 6/, sound, (checks) => checks.observe(1, committed(6), 4))
})

test('Durability: a disk that lost a term, a vote, an entry that it had confirmed', () => {
  const hardState = { currentTerm: 3, votedFor: 2, recovering: 0 }
  const entries = [entry(1, 1), entry(3, 2)]
  const sound = (checks: Checks) => {
    starts(checks, 1, {})
    stored(checks, 1, { hardState, entries })
    // Begun and never confirmed: it may be there or not.
    checks.saves(1, [save({ entries: [entry(3, 3)] })])
    starts(checks, 1, { hardState, entries: [...entries] })
  }
  const lost = (what: RegExp, found: Partial<Parameters<Checks['restarts']>[1]>) =>
    assertSees(what, sound, (checks) => starts(checks, 1, { hardState, entries, ...found }))
  lost(/Durability: the disk of n1 lost term 3/, {
    hardState: { currentTerm: 2, votedFor: 2, recovering: 0 },
  })
  lost(/Durability: the disk of n1 lost the vote for n2 in term 3/, {
    hardState: { ...hardState, votedFor: 3 },
  })
  lost(/Durability: the disk of n1 lost entry 2\/3/, { entries: [entry(1, 1)] })
})

test('Durability: acknowledged, and applied by nobody or not by everybody', () => {
  const sound = (checks: Checks) => {
    applies(checks, 1, 1)
    checks.durability.acknowledge(CLIENT, 1, 10)
    checks.durability.atEnd(new Map([[1, 1]]))
  }
  assertSees(/acknowledged, and nobody applied it/, sound, (checks) => {
    checks.durability.acknowledge(CLIENT, 2, 20)
  })
  assertSees(/Durability: n2 lacks .*\/1, acknowledged at 10/, sound, (checks) => {
    checks.durability.atEnd(new Map([[2, 0]]))
  })
})

test('Exactly-once: a request that takes effect twice, or although it was refused', () => {
  const sound = (checks: Checks) => {
    applies(checks, 1, 1)
    applies(checks, 1, 2, { ...done, replayed: true }, 1)
    checks.exactlyOnce.refused(CLIENT, 9)
  }
  assertSees(/Exactly-once: request .*\/1 took effect at 1 and at 3/, sound, (checks) => {
    applies(checks, 1, 3, done, 1)
  })
  assertSees(/was refused and took effect/, sound, (checks) => applies(checks, 1, 3, done, 9))
  assertSees(/took effect and was refused/, sound, (checks) => {
    checks.exactlyOnce.refused(CLIENT, 1)
  })
})

test('Linearizability: an answer that no order explains', () => {
  const read = (call: number, total: number): QueueOperation => ({
    ...{ client: 1, call, return: call + 1, input: { rpc: 'GetQueue' } },
    output: { tracks: [], total },
  })
  const found: string[] = []
  const fail = (what: string) => found.push(what)
  assert.equal(checkLinearizability([read(1, 0)], fail), true)
  assert.deepEqual(found, [])
  checkLinearizability([read(1, 0), read(5, 1)], fail)
  assert.match(found[0] ?? '', /Linearizability: no order explains/)
})
