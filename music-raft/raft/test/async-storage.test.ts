import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NOOP } from '../messages.ts'
import { SaveLedger } from '../save-ledger.ts'
import { entry, Lone, log, messagesOf, type Start } from './build.ts'
import { Cluster } from './cluster.ts'

// async_storage_writes*.txt of etcd, TestLeaderMsgAppSelfAckAfterTermChange, O9, R9.

/** Takes what is owed without paying: the save stays under way. */
function take(server: Lone) {
  const ready = server.node.ready()
  assert(ready)
  return ready
}

const start: Start = { preVote: false, checkQuorum: false }

test('async_storage_writes: the leader sends while it saves, and counts itself only after', () => {
  const server = new Lone({ ...start, voters: [1, 2, 3] }).lead().acknowledge(2, 3)
  server.propose()
  const { save, sendNow, send } = take(server)
  assert.deepEqual([sendNow.length, send.length, save?.entries.length], [2, 0, 1])
  const [append] = sendNow.filter((m) => m.type === 'AppendEntries')
  assert(append && save)
  server.accept(append)
  assert.equal(server.status.commitIndex, 1, 'one follower, and a leader that is not sure')
  server.step({ kind: 'saved', id: save.id })
  assert.equal(server.status.commitIndex, 2)
})

test('async_storage_writes: a follower confirms what is saved, not what it was sent (R9)', () => {
  const server = new Lone(start)
  server.receive('AppendEntries', { from: 2, term: 1, entries: log(1), leaderCommit: 1 })
  const first = take(server)
  assert.deepEqual(first.sendNow, [])
  assert.deepEqual(
    messagesOf(first, 'AppendEntriesResponse').map((m) => m.matchIndex),
    [1],
  )
  assert.deepEqual([first.apply, server.status.commitIndex], [[], 1], 'nor applies it')
  // A repeat while that save is under way promises the same, so it waits as well.
  server.receive('AppendEntries', { from: 2, term: 1, entries: log(1), leaderCommit: 1 })
  const second = take(server)
  assert.deepEqual([second.save, second.sendNow.length, second.send.length], [null, 0, 1])
  server.step({ kind: 'saved', id: first.save?.id ?? 0 })
  assert.deepEqual(take(server).apply, log(1))
  // What is on disk is confirmed without waiting for later saves (L2).
  const later = [entry(1, 2)]
  const beat = { from: 2, term: 1, prevLogIndex: 1, prevLogTerm: 1 }
  server.receive('AppendEntries', { ...beat, entries: later })
  take(server)
  server.receive('AppendEntries', beat)
  assert.equal(take(server).sendNow.length, 1)
})

test('async_storage_writes_append_aba_race: the save of a replaced entry vouches for nothing', () => {
  const server = new Lone({ ...start, voters: [1, 2, 3, 4] })
  const append = (from: number, term: number, of: number) =>
    server.receive('AppendEntries', { from, term, entries: [entry(of, 1)] })
  append(2, 1, 1)
  const a = take(server).save
  append(3, 2, 2)
  const b = take(server).save
  append(4, 3, 1) // the entry of term 1 again, by a leader that has it
  const again = take(server).save
  assert.deepEqual([b?.truncateFrom, again?.truncateFrom], [1, 1])
  const savedAfter = (save: typeof a) => {
    server.step({ kind: 'saved', id: save?.id ?? 0 })
    return server.status.savedIndex
  }
  assert.deepEqual([a, b, again].map(savedAfter), [0, 0, 1])
})

test('SaveLedger: one confirmation stands for all before; an unknown one is an error', () => {
  const hardState = { currentTerm: 0, votedFor: null, recovering: 0 }
  const ledger = new SaveLedger(0, hardState)
  for (const last of [1, 2, 3]) ledger.take(hardState, last, false, last)
  assert.deepEqual([ledger.savedIndex, ledger.pendingSince], [0, 1])
  ledger.confirm(2)
  assert.deepEqual([ledger.savedIndex, ledger.pendingSince], [2, 3])
  ledger.confirm(1)
  assert.equal(ledger.savedIndex, 2)
  assert.throws(() => ledger.confirm(4), /never handed out/)
})

test('TestLeaderMsgAppSelfAckAfterTermChange: a save confirmed after stepping down commits nothing', () => {
  const server = new Lone({ ...start, voters: [1] })
  server.step({ kind: 'campaign' })
  server.step({ kind: 'saved', id: take(server).save?.id ?? 0 })
  assert.equal(server.status.role, 'leader')
  const { save } = take(server)
  server.receive('AppendEntries', { from: 2, term: 5 })
  assert.equal(server.status.role, 'follower')
  server.step({ kind: 'saved', id: save?.id ?? 0 })
  assert.equal(server.status.commitIndex, 0)
})

test('O9 RequestVote and a granted vote leave only after the term and the vote are saved', () => {
  const server = new Lone(start)
  server.step({ kind: 'campaign' })
  const asked = take(server)
  assert.deepEqual([asked.sendNow.length, asked.send.length], [0, 2])
  assert.deepEqual(asked.save?.hardState, { currentTerm: 1, votedFor: 1, recovering: 0 })
  const voter = new Lone(start)
  voter.receive('RequestVote', { from: 2, term: 1 })
  const voted = take(voter)
  assert.deepEqual([voted.sendNow.length, voted.send.length], [0, 1])
  assert.deepEqual(voted.save?.hardState, { currentTerm: 1, votedFor: 2, recovering: 0 })
})

test('nobody leads a term that is not on its own disk, not even with all votes', () => {
  const server = new Lone({ ...start, voters: [1, 2, 3] }).step({ kind: 'campaign' })
  const asked = take(server)
  const sequence = messagesOf(asked, 'RequestVote')[0]?.sequence ?? 0
  server.receive('RequestVoteResponse', { from: 2, term: 1, sequence })
  server.receive('RequestVoteResponse', { from: 3, term: 1, sequence: sequence + 1 })
  assert.equal(server.status.role, 'candidate')
  server.step({ kind: 'saved', id: asked.save?.id ?? 0 })
  assert.equal(server.status.role, 'leader')
})

test('a save gathers all that was stepped: one truncation, the net log, the last hard state', () => {
  const server = new Lone({ ...start, entries: log(1, 1, 1), currentTerm: 1 })
  server.receive('AppendEntries', {
    from: 2,
    term: 2,
    prevLogIndex: 1,
    prevLogTerm: 1,
    entries: [entry(2, 2)],
  })
  server.receive('AppendEntries', {
    from: 3,
    term: 3,
    prevLogIndex: 1,
    prevLogTerm: 1,
    entries: [entry(3, 2), entry(3, 3)],
  })
  const { save } = take(server)
  assert.equal(save?.hardState?.currentTerm, 3)
  assert.equal(save?.truncateFrom, 2)
  assert.deepEqual(save?.entries, [entry(3, 2), entry(3, 3)])
  assert.equal(server.node.ready(), null, 'and nothing is owed twice')
})

test('commitment does not wait for the slowest disk, nor for the leader’s (L17)', () => {
  const cluster = new Cluster({ size: 5 })
  cluster.elect(1)
  for (const id of [1, 5]) cluster.server(id).slowDisk = true
  cluster.propose(1, 'a')
  cluster.settle()
  assert.equal(cluster.server(1).status.commitIndex, 2)
  cluster.tick()
  assert.deepEqual(cluster.server(2).commands, ['ADD a'])
  const [noop] = cluster.server(2).applied
  assert.equal(noop?.text.trim(), NOOP)
})
