// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * The answer to a request for a vote.
 */
export interface VoteReply {
  /**
   * The voter's term.
   */
  'term'?: (number | string | Long);
  /**
   * Whether the vote is given.
   */
  'voteGranted'?: (boolean);
  /**
   * Added: who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * Added: answers a pre-vote.
   */
  'preVote'?: (boolean);
}

/**
 * The answer to a request for a vote.
 */
export interface VoteReply__Output {
  /**
   * The voter's term.
   */
  'term': (number);
  /**
   * Whether the vote is given.
   */
  'voteGranted': (boolean);
  /**
   * Added: who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * Added: answers a pre-vote.
   */
  'preVote': (boolean);
}
