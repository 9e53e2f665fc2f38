// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * The answer to AppendArgs.
 */
export interface AppendReply {
  /**
   * The follower's term.
   */
  'term'?: (number | string | Long);
  /**
   * Whether the entries fit and are on the follower's disk.
   */
  'success'?: (boolean);
  /**
   * Added: who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * Added: on success, up to where the follower's log is the leader's.
   */
  'matchIndex'?: (number | string | Long);
  /**
   * Added: on refusal, where to try next.
   */
  'conflictIndex'?: (number | string | Long);
  /**
   * Added: on refusal, the term of the entry at prev_log_index; 0: there is none.
   */
  'conflictTerm'?: (number | string | Long);
  /**
   * Added: not 0 while this node, having lost its disk, is not to be counted.
   */
  'recovering'?: (number | string | Long);
}

/**
 * The answer to AppendArgs.
 */
export interface AppendReply__Output {
  /**
   * The follower's term.
   */
  'term': (number);
  /**
   * Whether the entries fit and are on the follower's disk.
   */
  'success': (boolean);
  /**
   * Added: who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * Added: on success, up to where the follower's log is the leader's.
   */
  'matchIndex': (number);
  /**
   * Added: on refusal, where to try next.
   */
  'conflictIndex': (number);
  /**
   * Added: on refusal, the term of the entry at prev_log_index; 0: there is none.
   */
  'conflictTerm': (number);
  /**
   * Added: not 0 while this node, having lost its disk, is not to be counted.
   */
  'recovering': (number);
}
