import type { Mutation } from './mutation.ts'
import { raftElections } from './raft-elections.ts'
import { raftMembersReadsSnapshots } from './raft-members-reads-snapshots.ts'
import { raftReplication } from './raft-replication.ts'
import { server } from './server.ts'
import { storage } from './storage.ts'
import { trackRecord } from './track-record.ts'
import { twoPhaseCommit } from './two-phase-commit.ts'

/** Every known bug that can be put in, each with the test that sees it. */
export const mutations: readonly Mutation[] = [
  ...raftElections,
  ...raftReplication,
  ...raftMembersReadsSnapshots,
  ...storage,
  ...server,
  ...twoPhaseCommit,
  ...trackRecord,
]
