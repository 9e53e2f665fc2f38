import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueueMachine } from '../queue.ts'
import { QueueState } from '../state.ts'
import { ADD, client, PLAY, REMOVE, Replica, VOTE } from './support.ts'

const TRACKS = 1_000_000
/** Nodes on one way down a tree of a million, and what joining may add to it. */
const WAY = 8

function million(): Replica {
  const state = new QueueState()
  for (let i = 1; i <= TRACKS; i++) {
    const votes = (i * 7919) % 1000
    state.enqueue({
      id: `t${i}`,
      title: 'T',
      artist: 'A',
      votes,
      duration: 1,
      arrival: i,
      place: 0,
    })
  }
  state.lastApplied = TRACKS
  return new Replica(new QueueMachine(state))
}

test('queue: at a million tracks no call visits more than some dozens of tree nodes', () => {
  const replica = million()
  const { machine } = replica
  const within = (ways: number, call: () => unknown): void => {
    const before = machine.steps
    call()
    const visited = machine.steps - before
    assert.ok(visited <= ways * WAY, `${visited} nodes for ${call}`)
  }
  let snapshot = machine.snapshot()
  for (let i = 0; i < 3000; i++) {
    const id = `t${1 + ((i * 331_999) % TRACKS)}`
    const from = { clientId: client(i % 50), requestId: i }
    // add: insert, place; session: take, put — and the same for the others
    within(5, () => replica.do(ADD(`new ${i}`, { maxTracks: 2_000_000 }), from))
    within(6, () => replica.do(VOTE(id, i % 2 === 0), { ...from, requestId: i + 1 }))
    within(2, () => replica.do(REMOVE(id)))
    within(6, () => replica.do(PLAY(100)))
    within(1, () => machine.position(`t${1 + i}`))
    within(0, () => machine.track(`t${1 + i}`))
    within(5, () => machine.queuePage({ offset: (i * 331_999) % TRACKS, limit: 50 }))
    within(5, () => machine.historyPage({ offset: i % 100, limit: 50 }))
    within(6, () => machine.respond(replica.do(ADD(`t${2 + i}`))))
    within(0, () => {
      if (i % 100 === 0) snapshot = machine.snapshot()
    })
  }
  const pieces = snapshot.chunks()
  for (let i = 0; i < 5; i++) assert.ok(pieces.next().value)
})
