import { edit, killedBy, type Mutation } from './mutation.ts'

const tests = 'music-raft/raft/test'
const coordinator = 'picture-2pc/protocol/coordinator.ts'
const participant = 'picture-2pc/protocol/participant.ts'
const recovery = 'picture-2pc/protocol/participant-recovery.test.ts'

/** Bugs that were our own (docs/TRACK-RECORD.md), put back. */
export const trackRecord: readonly Mutation[] = [
  {
    id: 'O9-leads-unsaved-term',
    story: 'A candidate with all votes leads a term that is not on its own disk yet.',
    rule: 'Nobody leads a term that is not on its own disk, even with all votes.',
    edits: [
      edit(
        'music-raft/raft/election.ts',
        'return saved.currentTerm === currentTerm && saved.votedFor === id;',
        'return saved.currentTerm <= currentTerm && id > 0;',
      ),
    ],
    killer: killedBy(
      `${tests}/async-storage.test.ts`,
      'nobody leads a term that is not on its own',
    ),
  },
  {
    id: 'R24-former-life-counts',
    story: 'A member that left, lost its disk and is back is counted by what it confirmed before.',
    rule: 'One that left and is back begins anew: nothing is known of it.',
    edits: [
      edit(
        'music-raft/raft/membership.ts',
        'if (leader.progress.get(id)?.leavingSince === null)',
        'if (leader.progress.has(id))',
      ),
    ],
    killer: killedBy(`${tests}/membership.test.ts`, 'one that left and is back begins anew'),
  },
  {
    id: 'L5-probe-starved-by-reads',
    story:
      'Reads bring heartbeats forward, and a follower whose probe was lost is never asked again.',
    rule: 'What is not answered is asked again at a pace of its own.',
    edits: [
      edit(
        'music-raft/raft/leader.ts',
        'const retry = tick - leader.retryTick >= options.heartbeatTicks;',
        'const retry = beat;',
      ),
    ],
    killer: killedBy(`${tests}/flow-control.test.ts`, 'L5 a lost probe is repeated however often'),
  },
  {
    id: 'S16-empty-log-before-snapshot',
    story: 'Killed after a second snapshot, a node stops at its first entry, at every start.',
    rule: 'An empty log that ends before its snapshot is led up to it at the start.',
    edits: [
      edit(
        'music-raft/server/storage/raft-storage.ts',
        'storage.#skipTo(snapshots.current?.lastIncludedIndex ?? 0);',
        '',
      ),
    ],
    killer: killedBy(
      'music-raft/server/storage/install-crash.test.ts',
      'S16 killed between a second snapshot and its record',
      /S18/,
    ),
  },
  {
    id: 'S14-long-log-in-one-turn',
    story: 'A node that starts with a long log applies it in one turn, and misses every heartbeat.',
    rule: 'After a while a turn leaves the rest to the next, and timers and sockets get theirs.',
    edits: [
      edit(
        'music-raft/server/driver.ts',
        'if (this.#clock.now() < until) continue;',
        'if (until > 0) continue;',
      ),
    ],
    killer: killedBy(
      'music-raft/server/driver-turns.test.ts',
      'S14 a long log is applied over many',
    ),
  },
  {
    id: 'R23-cluster-taken-from-candidate',
    story:
      'A node without a cluster takes the name of one that was given up from who asks its vote.',
    rule: 'A node joins the cluster whose leader speaks to it.',
    edits: [
      edit(
        'music-raft/server/transport/membership-guard.ts',
        'if (fromLeader) membership.adoptCluster(clusterId);',
        'membership.adoptCluster(clusterId);',
      ),
    ],
    killer: killedBy(
      'music-raft/server/transport/exchange.test.ts',
      'R23 a node without a cluster joins the one that leads it',
    ),
  },
  {
    id: 'P18-later-decision-hides-older',
    story:
      'After a restart a transaction in doubt is called finished: a later one committed first.',
    rule: 'What is unfinished is resumed in the order in which it was begun.',
    edits: [
      edit(
        coordinator,
        '[...committing.values()].sort((a, b) => (isBefore(a.order, b.order) ? -1 : 1))',
        '[...committing.values()]',
      ),
    ],
    killer: killedBy(
      'picture-2pc/protocol/coordinator-recovery.test.ts',
      'P18 the oldest in doubt bounds what is finished',
    ),
  },
  {
    id: 'P18-lost-end-told-for-ever',
    story:
      'A coordinator that lost its `end` record tells a commit for ever: all have forgotten it.',
    rule: 'What the coordinator itself called finished is acknowledged again.',
    edits: [
      edit(
        participant,
        'if (this.state.isFinished(message)) return null; // Acknowledging a commit that never was',
        '// Acknowledging a commit that never was',
      ),
    ],
    killer: killedBy(recovery, 'P18 GlobalCommit is acknowledged again'),
  },
  {
    id: 'P7-late-request-poisons-log',
    story: 'A VoteRequest repeated after all are finished writes an abort that no replay survives.',
    rule: 'What is finished leaves no record: the log may still say that it committed.',
    edits: [edit(participant, 'if (!this.state.isFinished(message)) {', 'if (message !== null) {')],
    killer: killedBy(recovery, 'a VoteRequest repeated after all are finished', /it cannot abort/),
  },
]
