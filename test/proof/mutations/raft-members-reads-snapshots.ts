import { edit, killedBy, type Mutation, seenBy } from './mutation.ts'

const follower = 'music-raft/raft/follower.ts'
const membership = 'music-raft/raft/membership.ts'
const readIndex = 'music-raft/raft/read-index.ts'
const tests = 'music-raft/raft/test'
const reads = `${tests}/reads.test.ts`
const regressions = `${tests}/regressions.test.ts`
const stories = `${tests}/stories.test.ts`

/** Who belongs to the cluster, linearizable reads, snapshots. */
export const raftMembersReadsSnapshots: readonly Mutation[] = [
  {
    id: 'R2-no-membership-barrier',
    story: 'A new leader changes the membership before its no-op is committed (Ongaro, 2015).',
    rule: 'A change waits until an entry of the leader’s own term is committed.',
    edits: [
      edit(membership, "if (!hasOwnTermCommit(state)) return 'noOwnTermCommit';", ''),
      edit(
        'music-raft/raft/invariants.ts',
        "assert(state.log.term(state.commitIndex) === state.currentTerm, 'R2: own-term commit first');",
        '',
      ),
    ],
    killer: killedBy(
      stories,
      'R2 two leaders remove each other',
      /index \d+ is|lacks committed|two leaders|agree at/,
    ),
  },
  {
    id: 'R3-config-not-rolled-back',
    story: 'A configuration stays in force although the entry that brought it was overwritten.',
    rule: 'The latest configuration in the log counts; with its entry it goes.',
    edits: [
      edit(
        'music-raft/raft/log-writes.ts',
        'if (!state.configurations.truncateFrom(from)) return;',
        'if (from > 0) return;',
      ),
    ],
    killer: killedBy(regressions, 'R3 a configuration is in force from the log'),
  },
  {
    id: 'R4-snapshot-keeps-config',
    story: 'After a snapshot an uncommitted configuration of the old log is still in force.',
    rule: 'With a snapshot its configuration is in force, and nothing of the old log.',
    edits: [edit(follower, 'state.configurations.restore(index, configuration);', '')],
    killer: killedBy(regressions, 'R4 after a snapshot no configuration of the old log'),
  },
  {
    id: 'R5-snapshot-keeps-tail',
    story: 'A snapshot is installed beside a log of another history, and its tail is kept.',
    rule: 'A log that conflicts with the snapshot goes whole (Figure 5.3).',
    edits: [
      edit(
        follower,
        'log.resetTo({ term, index });',
        'const tail = log.lastIndex > index ? log.slice(index + 1, 1e9, 1e9) : []; log.resetTo({ term, index }); log.append(tail);',
      ),
    ],
    killer: killedBy(`${tests}/snapshots.test.ts`, 'R5 a conflicting log goes whole'),
  },
  {
    id: 'R10-read-before-noop',
    story: 'A new leader answers a read before it knows what is committed.',
    rule: 'No read before the leader’s own no-op is committed.',
    edits: [edit(readIndex, 'reads.waiting > 0 && hasOwnTermCommit(state)', 'reads.waiting > 0')],
    killer: killedBy(reads, 'TestReadOnlyForNewLeader'),
    also: seenBy(/Linearizability/),
  },
  {
    id: 'R11-read-context-reused',
    story: 'A read is confirmed by answers to messages that left before it was asked.',
    rule: 'Only answers to what left after the read confirm that the leader still led then.',
    edits: [
      edit(
        readIndex,
        'confirmedSequence(state, leader) <= attempt.sequence',
        'confirmedSequence(state, leader) === 0',
      ),
    ],
    killer: killedBy(stories, 'R11 an answer from before a partition'),
  },
  {
    id: 'R12-deposed-leader-answers',
    story: 'A leader deposed in between answers its reads when it leads again.',
    rule: 'A change of role, term or leader begins every read anew.',
    edits: [
      edit(
        'music-raft/raft/role.ts',
        'state.verifiedIndex = 0; state.reads.restart();',
        'state.verifiedIndex = 0;',
      ),
    ],
    killer: killedBy(reads, 'R12 a leader deposed between the question and the majority'),
  },
  {
    id: 'O7-read-commits-unverified',
    story: 'A follower commits up to a read index that its leader never showed to be in its log.',
    rule: 'A read index commits only what the present leader has shown to agree.',
    edits: [
      edit(
        readIndex,
        'commitTo(state, Math.min(message.readIndex, state.verifiedIndex));',
        'commitTo(state, Math.min(message.readIndex, state.log.lastIndex));',
      ),
    ],
    killer: killedBy(reads, 'O7 a read index commits only what the present leader showed'),
  },
  {
    id: 'R19-removed-leader-goes-on',
    story: 'A leader goes on leading a cluster it has been removed from.',
    rule: 'A leader steps down when the configuration without it is committed.',
    edits: [
      edit(
        membership,
        'if (isVoter(configurations.current, state.id)) return false;',
        'if (state.id > 0) return false;',
      ),
    ],
    killer: killedBy(`${tests}/membership.test.ts`, 'R19 confchange_v1_remove_leader'),
  },
  {
    id: 'S16-chunk-out-of-place',
    story: 'A chunk of a snapshot that does not follow the last one is written all the same.',
    rule: 'A chunk out of place is answered with where to go on, and not written.',
    edits: [
      edit(
        follower,
        'if (offset !== staging.bytesStored || (length === 0 && !done)) {',
        'if (length === 0 && !done) {',
      ),
    ],
    killer: killedBy(`${tests}/snapshots.test.ts`, 'a chunk out of place, of another file'),
  },
]
