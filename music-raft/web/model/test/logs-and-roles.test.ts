import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { RaftNodeState } from '../../../server/event-stream/types.ts'
import { logAxis, logParts, logTrouble, placeOn } from '../log-axis.ts'
import type { NodeView } from '../node-views.ts'
import { RoleHistory } from '../roles.ts'
import { changed } from '../state-change.ts'
import { leader, state, Teller } from './events.ts'

function node(value: RaftNodeState, matchIndex: number | null = null): NodeView {
  return {
    ...{ id: value.id, name: String(value.id), knowledge: 'live', state: value, heardAt: 0 },
    ...{ reason: '', restarts: 0, member: null, matchIndex, leaderContactMs: null },
  }
}

const at = (index: number, more: Partial<RaftNodeState> = {}) =>
  state(2, { lastIndex: index, savedIndex: index, commitIndex: index, lastApplied: index, ...more })

test('the parts of a log follow each other and end where it ends', () => {
  const index = fc.nat(1000)
  const any = fc.tuple(index, index, index, index, index)
  fc.assert(
    fc.property(any, (values) => {
      const [snapshotIndex, lastApplied, commitIndex, savedIndex, lastIndex] = values.toSorted(
        (a, b) => a - b,
      ) as [number, number, number, number, number]
      const firstIndex = snapshotIndex + 1
      const value = state(1, {
        firstIndex,
        snapshotIndex,
        lastApplied,
        commitIndex,
        savedIndex,
        lastIndex,
      })
      const parts = logParts(node(value))
      let end = 0
      for (const part of parts) {
        assert.equal(part.from, end)
        assert.ok(part.to > part.from)
        end = part.to
      }
      assert.equal(end, lastIndex)
    }),
  )
})

test('the tail shows the furthest behind and the furthest ahead on one axis', () => {
  const index = fc.integer({ min: 1, max: 5_000_000 })
  fc.assert(
    fc.property(index, index, (one, other) => {
      const axis = logAxis([node(at(one)), node(at(other))], 'tail')
      for (const each of [one, other]) assert.ok(axis.begin <= each && each <= axis.end)
      assert.ok(axis.begin >= 0 && axis.end > axis.begin)
    }),
  )
})

test('the axis steps, it does not slide with every entry', () => {
  const axes = Array.from({ length: 200 }, (_, more) =>
    JSON.stringify(logAxis([node(at(100_000 + more))], 'tail')),
  )
  assert.ok(new Set(axes).size <= 25, `${new Set(axes).size}`)
})

test('a node 100 entries behind is seen: it ends a good part of the bar earlier', () => {
  const axis = logAxis([node(at(1_000_000)), node(at(999_900))], 'tail')
  assert.ok(placeOn(axis, 1_000_000) - placeOn(axis, 999_900) > 0.2)
})

test('trouble is named: behind, ahead of the leader, diverged', () => {
  const first = node(leader({ lastIndex: 9000, commitIndex: 9000, lastApplied: 9000 }))
  assert.equal(logTrouble(node(at(8999)), first), '')
  assert.match(logTrouble(node(at(5000)), first), /4000 entries behind/)
  assert.match(logTrouble(node(at(9900)), first), /the leader does not/)
  assert.match(logTrouble(node(at(9000, { diverged: true })), first), /diverged/)
  const stale: NodeView = { ...node(at(5000)), knowledge: 'stale' }
  assert.equal(logTrouble(stale, first), '', 'nothing is claimed of what is not heard')
})

test('the log changes with its events', () => {
  const teller = new Teller(2)
  const after = (kind: string, rest: object) => changed(at(20), teller.tell(kind, rest) as never)
  assert.equal(after('committed', { index: 25, term: 3 }).lastIndex, 25)
  assert.equal(after('committed', { index: 5, term: 3 }).commitIndex, 20)
  assert.equal(after('truncated', { from: 15 }).lastIndex, 14)
  assert.equal(after('truncated', { from: 15 }).savedIndex, 14)
  assert.equal(after('compacted', { index: 12, firstIndex: 8 }).firstIndex, 8)
  assert.equal(after('applied', { firstIndex: 21, lastIndex: 23, commands: {} }).lastApplied, 23)
  const installed = after('snapshotInstalled', { index: 90, term: 3 })
  assert.deepEqual([installed.firstIndex, installed.lastIndex, installed.lastApplied], [91, 90, 90])
  const same = at(20)
  assert.equal(changed(same, teller.tell('something new') as never), same)
})

test('members change with the configuration, and keep what is known of them', () => {
  const configuration = {
    voters: [{ id: 1, address: 'n1:1' }],
    learners: [{ id: 9, address: 'n9:1' }],
  }
  const event = new Teller(1).tell('configChanged', { index: 40, configuration, committed: true })
  const { members, membershipIndex } = changed(leader(), event as never)
  assert.equal(membershipIndex, 40)
  assert.deepEqual(
    members.map(({ id, voter, matchIndex }) => [id, voter, matchIndex]),
    [
      [1, true, 18],
      [9, false, 0],
    ],
  )
})

test('segments of roles are in order, and the last one is open', () => {
  const roles = new RoleHistory()
  roles.mark(1, { time: 300, state: 'leader', term: 2 })
  roles.mark(1, { time: 100, state: 'follower', term: 1 })
  roles.mark(1, { time: 200, state: 'candidate', term: 2 })
  roles.mark(1, { time: 400, state: 'leader', term: 2 })
  const segments = roles.segments(1, 150, 1000)
  assert.deepEqual(
    segments.map((each) => [each.state, each.time, each.until]),
    [
      ['follower', 100, 200],
      ['candidate', 200, 300],
      ['leader', 300, null],
    ],
  )
  assert.deepEqual(roles.segments(1, 0, 50), [])
  assert.equal(roles.begin, 100)
})
