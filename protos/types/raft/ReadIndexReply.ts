// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: up to where the read must have applied.
 */
export interface ReadIndexReply {
  /**
   * The sender's term.
   */
  'term'?: (number | string | Long);
  /**
   * Who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * False: the node asked is no leader that can say.
   */
  'success'?: (boolean);
  /**
   * The index. In answer to term 0: the last index of the log of the node asked.
   */
  'readIndex'?: (number | string | Long);
}

/**
 * Added: up to where the read must have applied.
 */
export interface ReadIndexReply__Output {
  /**
   * The sender's term.
   */
  'term': (number);
  /**
   * Who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * False: the node asked is no leader that can say.
   */
  'success': (boolean);
  /**
   * The index. In answer to term 0: the last index of the log of the node asked.
   */
  'readIndex': (number);
}
