import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock, TestSink } from '../../../common/event-stream/test/world.ts'
import { lineOf } from '../../client/commands/event-lines.ts'
import type { AppendEntries, Entry, Message } from '../../raft/messages.ts'
import type { NodeStatus } from '../status.ts'
import { RaftEvents } from './raft-events.ts'
import type { RaftStreamEvent } from './types.ts'

const raft = { id: 1, role: 'follower', currentTerm: 3, leaderId: 2, firstIndex: 1, lastIndex: 9 }
const status = { raft, members: [], ready: true, notReadyBecause: '' } as unknown as NodeStatus

function watched() {
  const clock = new ManualClock()
  const asked = { states: 0 }
  const events = new RaftEvents({
    ...{ node: '1', clock, wallTime: () => 5000 + clock.now() },
    status: () => {
      asked.states += 1
      return status
    },
  })
  const look = () => {
    const sink = new TestSink()
    const { detach } = events.log.feed.attach(sink)
    return { sink, detach, told: () => sink.events as unknown as RaftStreamEvent[] }
  }
  return { events, clock, asked, look }
}

const heartbeat = (sequence: number, to = 2): AppendEntries => ({
  ...{ type: 'AppendEntries', from: 1, to, term: 3, sequence, prevLogIndex: 0, prevLogTerm: 0 },
  ...{ entries: [], leaderCommit: 0, recoveryNonce: 0, recoveryBarrier: 0 },
})
const vote = (sequence: number): Message => ({
  ...{ type: 'RequestVote', from: 1, to: 2, term: 3, sequence, lastLogIndex: 0, lastLogTerm: 0 },
  ...{ preVote: true, leadershipTransfer: false },
})
const entry = (index: number, command: string): Entry => ({
  ...{ index, term: 3, command, data: Buffer.from('secret'), encoded: Buffer.alloc(0) },
})

test('while nobody looks messages and entries cost nothing, and elections are remembered', () => {
  const { events, clock, asked, look } = watched()
  for (let i = 0; i < 1000; i += 1) {
    events.sent(heartbeat(i))
    events.applied(entry(i, 'ADD'))
    events.call({ direction: 'received', rpc: 'AddTrack', peer: 'unknown' })
  }
  events.observe({ kind: 'electionTimeout', term: 3 })
  events.observe({ kind: 'committed', index: 1, term: 3 })
  events.observe({ kind: 'messageIgnored', from: 9, type: 'RequestVote', reason: 'a stranger' })
  assert.deepEqual([clock.waiting, asked.states, events.log.sequence], [0, 0, 1])
  const snapshot = look().told()[1]
  assert.ok(snapshot?.kind === 'snapshot')
  assert.deepEqual(
    snapshot.story.map((each) => (each as RaftStreamEvent).kind),
    ['electionTimeout'],
  )
})

test('too many messages are counted, votes never; what is applied is gathered', () => {
  const { events, clock, look } = watched()
  const { told } = look()
  for (let i = 1; i <= 50; i += 1) {
    events.sent(heartbeat(i))
    events.received(vote(i))
    events.applied(entry(i, i % 2 === 0 ? 'ADD' : 'VOTE'))
  }
  clock.advance(200)
  const of = <K extends RaftStreamEvent['kind']>(kind: K) =>
    told().filter((event): event is Extract<RaftStreamEvent, { kind: K }> => event.kind === kind)
  const messages = of('message')
  assert.equal(messages.filter(({ type }) => type === 'AppendEntries').length, 20)
  assert.equal(messages.filter(({ type }) => type === 'RequestVote').length, 50)
  assert.deepEqual(
    of('messages').map(({ counts }) => counts),
    [[{ direction: 'sent', type: 'AppendEntries', peer: 2, count: 30 }]],
  )
  const [{ firstIndex, lastIndex, commands } = assert.fail()] = of('applied')
  assert.deepEqual([firstIndex, lastIndex, commands], [1, 50, { VOTE: 25, ADD: 25 }])
  events.sent(heartbeat(51))
  clock.advance(200)
  assert.equal(of('message').at(-1)?.number, 51, 'later there is room again')
})

test('since when somebody leads is when this node heard of it, and no message moves it', () => {
  const { events, clock, look } = watched()
  clock.advance(1000)
  events.observe({ kind: 'leaderChanged', leaderId: 2, term: 3 })
  clock.advance(1000)
  const reason = 'leaderFound'
  events.observe({ kind: 'roleChanged', role: 'follower', term: 3, leaderId: 2, reason })
  const snapshot = look().told()[1]
  assert.ok(snapshot?.kind === 'snapshot')
  assert.equal(snapshot.state.leaderSince, 6000)
})

test('every event has words for people, on one line that no name can forge', () => {
  const { events, clock, look } = watched()
  const { sink } = look()
  events.sent(heartbeat(1))
  events.sent(vote(2))
  events.applied(entry(1, 'ADD'))
  events.call({ direction: 'received', rpc: 'AddTrack', peer: 'x\n\u001b[2Jy\u202e' })
  events.observe({ kind: 'becameLeader', term: 3, index: 2 })
  events.observe({ kind: 'truncated', from: 7 })
  clock.advance(200)
  const lines = sink.lines.map(({ text }) => lineOf(text, false)).filter((line) => line !== null)
  assert.deepEqual(lines, [
    '00:00:05.000  Node 1  tells of this node',
    '00:00:05.000  Node 1  is follower, term 3, leader 2, log 1…9, committed undefined, applied undefined',
    '00:00:05.000  Node 1  sends RequestVote (pre-vote) to Node 2 · term 3',
    '00:00:05.000  Node 1  runs AddTrack for Node x\uFFFD\uFFFD[2Jy\uFFFD',
    '00:00:05.000  Node 1  WON the election and leads term 3',
    '00:00:05.000  Node 1  truncated {"from":7}',
    '00:00:05.100  Node 1  applied log[1]: ADD',
  ])
  const all = sink.lines.map(({ text }) => lineOf(text, true))
  assert.ok(
    all.includes('00:00:05.000  Node 1  sends AppendEntries to Node 2 (heartbeat) · term 3'),
  )
  assert.equal(JSON.stringify(sink.events).includes('secret'), false)
})
