import type { RaftNodeEvent } from '../../server/event-stream/types.ts'

/** Rare events that a stream tells again to whoever looks later. A test holds it equal to the server's. */
export const STORY_KINDS: ReadonlySet<string> = new Set<RaftNodeEvent['kind']>([
  'electionTimeout',
  'roleChanged',
  'leaderChanged',
  'becameLeader',
  'voteCast',
  'voteReceived',
  'truncated',
  'configChanged',
  'snapshotInstalled',
  'compacted',
  'transferStarted',
  'transferEnded',
  'recovering',
  'recovered',
  'followerLostEntries',
])
