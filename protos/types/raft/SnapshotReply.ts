// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Added: the answer to a chunk.
 */
export interface SnapshotReply {
  /**
   * The follower's term.
   */
  'term'?: (number | string | Long);
  /**
   * Who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * The snapshot meant.
   */
  'lastIncludedIndex'?: (number | string | Long);
  /**
   * Bytes held of it: the offset to go on from.
   */
  'bytesStored'?: (number | string | Long);
  /**
   * Whether the follower's log now reaches the snapshot, durably.
   */
  'installed'?: (boolean);
  /**
   * Not 0 while this node, having lost its disk, is not to be counted.
   */
  'recovering'?: (number | string | Long);
}

/**
 * Added: the answer to a chunk.
 */
export interface SnapshotReply__Output {
  /**
   * The follower's term.
   */
  'term': (number);
  /**
   * Who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * The snapshot meant.
   */
  'lastIncludedIndex': (number);
  /**
   * Bytes held of it: the offset to go on from.
   */
  'bytesStored': (number);
  /**
   * Whether the follower's log now reaches the snapshot, durably.
   */
  'installed': (boolean);
  /**
   * Not 0 while this node, having lost its disk, is not to be counted.
   */
  'recovering': (number);
}
