// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: start an election.
 */
export interface TimeoutNowArgs {
  /**
   * The leader's term.
   */
  'term'?: (number | string | Long);
  /**
   * Who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
}

/**
 * Added: start an election.
 */
export interface TimeoutNowArgs__Output {
  /**
   * The leader's term.
   */
  'term': (number);
  /**
   * Who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
}
