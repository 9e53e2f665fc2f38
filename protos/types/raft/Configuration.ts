// Original file: raft.proto

import type { Member as _raft_Member, Member__Output as _raft_Member__Output } from '../raft/Member.ts';

/**
 * Added: who votes and who only listens.
 */
export interface Configuration {
  /**
   * Voting members, by id.
   */
  'voters'?: (_raft_Member)[];
  /**
   * Members that receive the log and do not vote, by id.
   */
  'learners'?: (_raft_Member)[];
}

/**
 * Added: who votes and who only listens.
 */
export interface Configuration__Output {
  /**
   * Voting members, by id.
   */
  'voters': (_raft_Member__Output)[];
  /**
   * Members that receive the log and do not vote, by id.
   */
  'learners': (_raft_Member__Output)[];
}
