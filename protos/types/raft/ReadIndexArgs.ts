// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: a read waits for a leader's word.
 */
export interface ReadIndexArgs {
  /**
   * The sender's term; 0: a node with an empty disk asks whether the cluster has begun.
   */
  'term'?: (number | string | Long);
  /**
   * Who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
}

/**
 * Added: a read waits for a leader's word.
 */
export interface ReadIndexArgs__Output {
  /**
   * The sender's term; 0: a node with an empty disk asks whether the cluster has begun.
   */
  'term': (number);
  /**
   * Who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
}
