import { edit, killedBy, type Mutation, seenBy } from './mutation.ts'

const follower = 'music-raft/raft/follower.ts'
const leader = 'music-raft/raft/leader.ts'
const replication = 'music-raft/raft/replication.ts'
const tests = 'music-raft/raft/test'
const regressions = `${tests}/regressions.test.ts`

/** The log, replication and commitment. */
export const raftReplication: readonly Mutation[] = [
  {
    id: 'O1-commit-on-one-ack',
    story: 'The leader commits as soon as one follower has the entry, however many there are.',
    rule: 'An entry is committed when a majority of the voters has it on disk.',
    edits: [
      edit(
        'music-raft/raft/quorum.ts',
        'const needed = quorum(matched.length);',
        'const needed = Math.min(2, matched.length);',
      ),
    ],
    killer: killedBy(regressions, 'O1 with one follower of four nothing is committed'),
  },
  {
    id: 'O2-overwrite-without-check',
    story: 'A follower takes entries without asking whether its log agrees before them.',
    rule: 'AppendEntries is refused unless the log holds the entry before it (§3.5).',
    edits: [
      edit(
        follower,
        'return compacted || held === prevLogTerm ? prevLogIndex + entries.length : null;',
        'return compacted || held !== null ? prevLogIndex + entries.length : null;',
      ),
    ],
    killer: killedBy(`${tests}/paper-replication.test.ts`, 'TestFollowerCheckMsgApp'),
    also: seenBy(/Log Matching/),
  },
  {
    id: 'R7-consistent-entries-deleted',
    story: 'An older, shorter AppendEntries makes a follower delete entries it has confirmed.',
    rule: 'Only from the first conflicting entry on anything is deleted.',
    edits: [
      edit(follower, 'return held !== null && held !== entry.term;', 'return held !== null;'),
    ],
    killer: killedBy(regressions, 'R7 log 1.1 1.2 2.3'),
  },
  {
    id: 'O7-tail-commit',
    story: 'A follower commits up to its last entry, though the leader never vouched for the tail.',
    rule: 'Nothing behind the message is committed by it: min(leaderCommit, last new entry).',
    edits: [
      edit(
        follower,
        'commitTo(state, Math.min(leaderCommit, matchIndex));',
        'commitTo(state, Math.min(leaderCommit, state.log.lastIndex));',
      ),
    ],
    killer: killedBy(regressions, 'R7 log 1.1 1.2 2.3'),
    also: seenBy(/State Machine Safety/),
  },
  {
    id: 'O8-match-goes-back',
    story: 'A late answer moves matchIndex back: the leader forgets what is on a disk.',
    rule: 'matchIndex rises and never falls: answers come late and out of order.',
    edits: [
      edit(
        'music-raft/raft/progress.ts',
        'if (matchIndex <= progress.matchIndex) return false;',
        'if (matchIndex === progress.matchIndex) return false;',
      ),
    ],
    killer: killedBy(regressions, 'O8 a late answer moves nothing back'),
  },
  {
    id: 'R1-commit-old-term',
    story:
      'The leader counts the replicas of an entry of an earlier term and commits it (Figure 8).',
    rule: 'Only entries of the leader’s own term are committed by counting (§3.6.2).',
    edits: [
      edit(
        replication,
        'index > state.commitIndex && state.log.term(index) === state.currentTerm',
        'index > state.commitIndex',
      ),
    ],
    killer: killedBy(regressions, 'R1 Figure 8'),
  },
  {
    id: 'O10-no-noop',
    story: 'A new leader starts its term without a no-op: what came before stays uncommitted.',
    rule: 'A term begins with a no-op, whose commitment commits all before it (§3.6.2).',
    edits: [edit(leader, 'appendOwn(state, leader, NOOP, new Uint8Array());', '')],
    killer: killedBy(`${tests}/log.test.ts`, 'TestCommitWithoutNewTermEntry'),
  },
  {
    id: 'R8-committed-overwritten',
    story: 'A follower drops committed entries because a leader tells it to.',
    rule: 'A committed entry is never dropped, whoever asks: the process stops instead.',
    edits: [edit('music-raft/raft/log-writes.ts', 'assertMayTruncate(state, from);', '')],
    killer: killedBy(regressions, 'R8 a leader that would overwrite what is committed'),
  },
  {
    id: 'R9-confirmed-before-save',
    story: 'A follower confirms entries that are still on their way to its disk.',
    rule: 'An answer leaves when what it promises is on disk.',
    edits: [
      edit(
        follower,
        'sendAfterSave(state, response, matchIndex);',
        'state.debts.sendNow.push(response);',
      ),
    ],
    killer: killedBy(
      `${tests}/async-storage.test.ts`,
      'async_storage_writes: a follower confirms what is saved',
    ),
  },
  {
    id: 'S9-leader-counts-unsaved',
    story:
      'A leader counts its own copy before it is on disk: alone, it commits what a crash loses.',
    rule: 'The leader counts itself like everybody else: once its disk has confirmed.',
    edits: [
      edit(
        'music-raft/raft/role.ts',
        'return state.ledger.savedIndex;',
        'return state.log.lastIndex;',
      ),
    ],
    killer: killedBy(
      `${tests}/log.test.ts`,
      'TestSingleNodeCommit: one alone commits when its disk has it (S9)',
    ),
  },
  {
    id: 'S18-gap-in-entries',
    story: 'The leader skips an entry between two messages of the pipeline.',
    rule: 'Entries leave contiguous, whatever the packing; both ends assert it.',
    edits: [
      edit(
        replication,
        'progress.nextIndex += entries.length;',
        'progress.nextIndex += entries.length + 1;',
      ),
    ],
    killer: killedBy(`${tests}/flow-control.test.ts`, 'S18 entries leave contiguous'),
  },
  {
    id: 'L1-dead-disk-keeps-leading',
    story: 'A leader whose disk stands still goes on with heartbeats: no election, no progress.',
    rule: 'A leader whose save is stuck for an election timeout hands over.',
    edits: [edit(leader, 'if (diskStalled(state)) {', 'if (false) {')],
    killer: killedBy(`${tests}/check-quorum.test.ts`, 'L1 a leader whose save is stuck'),
  },
  {
    id: 'L5-window-never-reset',
    story: 'Answers are lost, the window stays full: a follower is fed no more until a restart.',
    rule: 'A window without answers for an election timeout is given up, and probed anew.',
    edits: [edit(leader, 'toProbe(progress, progress.matchIndex + 1, true);', '')],
    killer: killedBy(`${tests}/flow-control.test.ts`, 'L5 a window whose answers are lost'),
  },
]
