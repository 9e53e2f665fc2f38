import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Message } from '../messages.ts'
import { log } from './build.ts'
import { fiveProperties } from './checkers.ts'
import { Cluster, type ClusterSetup } from './cluster.ts'

// Known bugs as stories of whole clusters: what a client or an operator would have seen of them.

const original = { preVote: false, checkQuorum: false } as const

/** A cluster that keeps the five properties, or the step that breaks one fails. */
function watched(setup: ClusterSetup): Cluster {
  const cluster = new Cluster(setup)
  const checkers = fiveProperties(new Map())
  cluster.afterStep = () => {
    for (const checker of checkers) {
      const wrong = checker(cluster.alive)
      if (wrong !== null) assert.fail(wrong)
    }
  }
  return cluster
}

/** Holds messages back; they may be delivered later. */
function hold(cluster: Cluster, held: (message: Message) => boolean): Message[] {
  const late: Message[] = []
  cluster.filter = (message) => {
    if (held(message)) late.push(message)
    return !held(message)
  }
  return late
}

test('O4 votes that answer an election gone by make nobody a leader', () => {
  const cluster = watched({ size: 5, ...original })
  const late = hold(cluster, ({ type, to }) => type === 'RequestVoteResponse' && to === 1)
  cluster.elect(1)
  assert.equal(late.length, 4, 'the votes of term 1 are on their way')
  cluster.isolate(1)
  cluster.elect(1)
  cluster.elect(2)
  assert.deepEqual([cluster.leader?.id, cluster.leader?.status.currentTerm], [2, 2])
  cluster.heal()
  for (const vote of late) cluster.deliver(vote)
  assert.equal(cluster.server(1).status.role, 'candidate')
})

test('R21 the one with the longest log and the lowest term is told the term, and leads', () => {
  const cluster = watched({ size: 3 })
  for (const [id, currentTerm, entries] of [
    [2, 5, log(1)],
    [3, 1, log(1, 1)],
  ] as const) {
    const server = cluster.server(id)
    server.crash()
    server.disk.entries = entries
    server.disk.hardState = { currentTerm, votedFor: null, recovering: 0 }
    server.start()
  }
  cluster.crash(1)
  cluster.tick(120)
  assert.equal(cluster.leader?.id, 3, 'n2 lacks an entry, so only n3 can')
})

test('O9 R24 a vote given in a term that was on disk before is remembered after a crash', () => {
  const cluster = watched({ size: 5, ...original })
  for (const server of cluster.servers.values()) {
    server.crash()
    server.disk.entries = server.id === 1 ? [] : log(1)
    server.disk.hardState = { currentTerm: 1, votedFor: null, recovering: 0 }
    server.start()
  }
  cluster.partition([1], [2, 4])
  cluster.elect(1) // behind: n3 and n5 take up its term 2 and refuse
  assert.deepEqual(
    [3, 5].map((id) => cluster.server(id).disk.hardState?.votedFor),
    [null, null],
  )
  cluster.partition([2], [4])
  cluster.filter = ({ type }) => type !== 'AppendEntries'
  cluster.elect(2)
  assert.deepEqual([cluster.leader?.id, cluster.leader?.status.currentTerm], [2, 2])
  for (const id of [3, 5]) {
    cluster.crash(id)
    cluster.restart(id)
  }
  cluster.elect(4)
  assert.notEqual(cluster.server(4).status.role, 'leader', 'n3 and n5 voted for n2')
})

test('R2 two leaders remove each other: the majorities of their configurations never part', () => {
  const cluster = watched({ size: 4, ...original })
  cluster.elect(1)
  cluster.tick()
  cluster.isolate(1)
  cluster.change(1, { kind: 'remove', id: 2 }) // in n1's log alone: n1 n3 n4
  cluster.filter = ({ type, to }) => type !== 'AppendEntries' || to !== 4
  cluster.elect(2) // by n2 n3 n4; its entries reach n3 only
  assert.equal(cluster.leader?.id, 2)
  cluster.change(2, { kind: 'remove', id: 1 })
  cluster.tick(2)
  cluster.heal()
  cluster.partition([1, 4], [2, 3])
  cluster.tick() // n4 knows of term 2: n1 steps down
  for (let i = 0; i < 3 && cluster.server(1).status.role !== 'leader'; i += 1) cluster.elect(1)
  cluster.tick(3)
  cluster.heal()
  cluster.tick(40)
  assert.notEqual(cluster.leader, null)
})

test('R11 an answer from before a partition does not make a deposed leader’s read current', () => {
  const cluster = watched({ size: 3, ...original })
  cluster.elect(1)
  cluster.propose(1, 'old')
  cluster.settle()
  const late = hold(cluster, ({ type, to }) => type === 'AppendEntriesResponse' && to === 1)
  cluster.tick()
  assert(late.length >= 2, 'answers to a heartbeat are on their way')
  cluster.isolate(1)
  cluster.elect(2)
  cluster.propose(2, 'new')
  cluster.settle()
  assert.deepEqual(cluster.server(2).commands, ['ADD old', 'ADD new'])
  const read = cluster.read(1)
  cluster.heal()
  for (const answer of late) cluster.deliver(answer)
  assert.equal(cluster.answer(1, read), undefined, 'n1 cannot know that it still leads')
  cluster.tick(3)
  assert.equal(cluster.answer(1, read)?.kind, 'read')
  assert.deepEqual(cluster.server(1).commands, ['ADD old', 'ADD new'])
})

for (const preVote of [true, false]) {
  test(`L3 a leader that is heard in time is not voted against, preVote ${preVote}`, () => {
    const cluster = watched({ size: 3, ...original, preVote })
    cluster.elect(1)
    for (let round = 0; round < 50; round += 1) {
      cluster.tick(5)
      for (const { events } of cluster.alive) {
        const fired = events.filter(({ kind }) => kind === 'electionTimeout')
        assert.equal(fired.length, cluster.server(1).events === events ? 1 : 0)
      }
    }
    assert.equal(cluster.leader?.status.currentTerm, 1)
  })
}
