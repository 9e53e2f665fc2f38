import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cluster, leader } from './events.ts'

/** Heartbeats of the leader to node 2 and back, 3 ms each way, seen by clocks that differ. */
function heartbeats(ahead: { readonly leader: number; readonly follower: number }, count: number) {
  const { model, tellers, take, pass } = cluster()
  const [first, second, third] = tellers
  for (let number = 0; number < count; number += 1) {
    pass(100)
    const time = third.time
    const at = (own: number, delay: number) => time + own + delay
    const tell = (who: typeof first, when: number, kind: string, rest: object) => {
      take({ ...who.tell(kind, rest), time: when })
    }
    const there = { type: 'AppendEntries', from: 1, to: 2, term: 3, number, entries: 0 }
    const back = { type: 'AppendEntriesResponse', from: 2, to: 1, term: 3, number, success: true }
    tell(first, at(ahead.leader, 0), 'message', { direction: 'sent', ...there })
    tell(second, at(ahead.follower, 3), 'message', { direction: 'received', ...there })
    tell(second, at(ahead.follower, 4), 'message', { direction: 'sent', ...back })
    tell(first, at(ahead.leader, 7), 'message', { direction: 'received', ...back })
  }
  return { model, take, leader: first }
}

test('a clock that is ahead is found out, and arrows take the time they took', () => {
  const { model } = heartbeats({ leader: 0, follower: 4000 }, 40)
  assert.equal(model.skew.of(2), 4000)
  const last = model.messages.arrows.at(-1)
  assert.equal((last?.receivedAt ?? 0) - (last?.sentAt ?? 0), 3)
})

test('a clock that is behind too, and it is found out once', () => {
  const { model } = heartbeats({ leader: 0, follower: -700 }, 100)
  assert.equal(model.skew.of(2), -700)
})

test('few milliseconds are the network, not the clocks', () => {
  const { model } = heartbeats({ leader: 0, follower: 9 }, 100)
  assert.equal(model.skew.of(2), 0)
})

test('what others say is by the clock of the node asked', () => {
  const { model, take, leader: first } = heartbeats({ leader: 0, follower: 4000 }, 40)
  take(first.status(leader()))
  const own = model.messages.arrows.at(-1)?.sentAt ?? 0
  assert.ok(Math.abs(own - first.time) < 200, 'sent by node 2, told in the time of node 1')
})
