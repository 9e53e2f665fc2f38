import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Entry, Term } from '../messages.ts'
import { entry, Lone } from './build.ts'

/** Two logs as Raft makes them: equal up to some index, then of different terms. */
const logs = fc
  .record({
    shared: fc.array(fc.nat(2), { maxLength: 6 }),
    own: fc.array(fc.nat(1), { maxLength: 5 }),
    leaders: fc.array(fc.nat(1), { maxLength: 5 }),
    committed: fc.nat(6),
    from: fc.nat(11),
    count: fc.nat(11),
    leaderCommit: fc.nat(16),
  })
  .map(({ shared, own, leaders, committed, from, count, leaderCommit }) => {
    const rising = (steps: readonly number[], first: Term): Term[] => {
      let term = first
      return steps.map((step) => {
        term += step
        return term
      })
    }
    const common = rising(shared, 1)
    const last = common.at(-1) ?? 1
    const follower = [...common, ...rising(own, last + 1)]
    const leader = [...common, ...rising(leaders, last + 10)]
    const prev = Math.min(from, leader.length)
    return {
      follower,
      leader,
      common: common.length,
      committed: Math.min(committed, common.length),
      prev,
      sent: leader.slice(prev, prev + count),
      leaderCommit: Math.min(leaderCommit, leader.length),
    }
  })

const toEntries = (terms: readonly Term[], after = 0): Entry[] =>
  terms.map((term, i) => entry(term, after + i + 1))

test('R7, O2, O7, R8: AppendEntries deletes from the first conflict only, commits what it showed', () => {
  fc.assert(
    fc.property(logs, ({ follower, leader, common, committed, prev, sent, leaderCommit }) => {
      const term = 99
      const server = new Lone({ entries: toEntries(follower), currentTerm: term })
      const prevTerm = (index: number) => leader[index - 1] ?? 0
      const beat = { from: 2, term, prevLogIndex: committed, prevLogTerm: prevTerm(committed) }
      server.receive('AppendEntries', { ...beat, leaderCommit: committed }).pay()
      const given = { from: 2, term, prevLogIndex: prev, prevLogTerm: prevTerm(prev), leaderCommit }
      server.receive('AppendEntries', { ...given, entries: toEntries(sent, prev) })
      const [reply] = server.sent('AppendEntriesResponse')
      const matches = prev <= common
      assert.equal(reply?.success, matches)
      const shown = prev + sent.length
      const conflicts = matches && shown > common && follower.length > common
      const expected = !matches
        ? follower.length
        : conflicts
          ? shown
          : Math.max(follower.length, shown)
      assert.equal(server.status.lastIndex, expected)
      const commit = matches ? Math.max(committed, Math.min(leaderCommit, shown)) : committed
      assert.equal(server.status.commitIndex, commit)
      if (!matches) {
        const next = reply?.conflictIndex ?? 0
        assert(
          next > committed && next <= prev,
          'the next try is further back, never before what is committed',
        )
      }
    }),
    { numRuns: 500 },
  )
})
