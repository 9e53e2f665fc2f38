// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A request for a vote.
 */
export interface VoteArgs {
  /**
   * The candidate's term; in a pre-vote the term it would begin.
   */
  'term'?: (number | string | Long);
  /**
   * The candidate.
   */
  'candidateId'?: (number | string | Long);
  /**
   * Index of the candidate's last log entry.
   */
  'lastLogIndex'?: (number | string | Long);
  /**
   * Term of the candidate's last log entry.
   */
  'lastLogTerm'?: (number | string | Long);
  /**
   * Added: who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * Added: asks whether a vote would be given, and promises nothing.
   */
  'preVote'?: (boolean);
  /**
   * Added: the leader wishes this election; stickiness does not apply.
   */
  'leadershipTransfer'?: (boolean);
}

/**
 * A request for a vote.
 */
export interface VoteArgs__Output {
  /**
   * The candidate's term; in a pre-vote the term it would begin.
   */
  'term': (number);
  /**
   * The candidate.
   */
  'candidateId': (number);
  /**
   * Index of the candidate's last log entry.
   */
  'lastLogIndex': (number);
  /**
   * Term of the candidate's last log entry.
   */
  'lastLogTerm': (number);
  /**
   * Added: who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * Added: asks whether a vote would be given, and promises nothing.
   */
  'preVote': (boolean);
  /**
   * Added: the leader wishes this election; stickiness does not apply.
   */
  'leadershipTransfer': (boolean);
}
