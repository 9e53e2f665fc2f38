// Original file: raft.proto

import type { AppendReply as _raft_AppendReply, AppendReply__Output as _raft_AppendReply__Output } from '../raft/AppendReply.ts';
import type { ReadIndexReply as _raft_ReadIndexReply, ReadIndexReply__Output as _raft_ReadIndexReply__Output } from '../raft/ReadIndexReply.ts';
import type { ForwardedReply as _raft_ForwardedReply, ForwardedReply__Output as _raft_ForwardedReply__Output } from '../raft/ForwardedReply.ts';

/**
 * Added: a reply of an Exchange. The reply to an AppendEntries goes alone.
 */
export interface PeerReply {
  /**
   * As the answer to AppendEntries.
   */
  'appendEntries'?: (_raft_AppendReply | null);
  /**
   * As the answer to ReadIndex.
   */
  'readIndex'?: (_raft_ReadIndexReply | null);
  /**
   * Ends of forwarded writes.
   */
  'writes'?: (_raft_ForwardedReply)[];
}

/**
 * Added: a reply of an Exchange. The reply to an AppendEntries goes alone.
 */
export interface PeerReply__Output {
  /**
   * As the answer to AppendEntries.
   */
  'appendEntries': (_raft_AppendReply__Output | null);
  /**
   * As the answer to ReadIndex.
   */
  'readIndex': (_raft_ReadIndexReply__Output | null);
  /**
   * Ends of forwarded writes.
   */
  'writes': (_raft_ForwardedReply__Output)[];
}
