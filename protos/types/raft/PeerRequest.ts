// Original file: raft.proto

import type { AppendArgs as _raft_AppendArgs, AppendArgs__Output as _raft_AppendArgs__Output } from '../raft/AppendArgs.ts';
import type { ReadIndexArgs as _raft_ReadIndexArgs, ReadIndexArgs__Output as _raft_ReadIndexArgs__Output } from '../raft/ReadIndexArgs.ts';
import type { ForwardedWrite as _raft_ForwardedWrite, ForwardedWrite__Output as _raft_ForwardedWrite__Output } from '../raft/ForwardedWrite.ts';
import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';

/**
 * Added: a request of an Exchange. An AppendEntries goes alone.
 */
export interface PeerRequest {
  /**
   * As in a call of AppendEntries.
   */
  'appendEntries'?: (_raft_AppendArgs | null);
  /**
   * As in a call of ReadIndex.
   */
  'readIndex'?: (_raft_ReadIndexArgs | null);
  /**
   * Writes of clients, from a node that does not lead to the one that does.
   */
  'writes'?: (_raft_ForwardedWrite)[];
  /**
   * Who sends the writes to whom.
   */
  'envelope'?: (_raft_Envelope | null);
}

/**
 * Added: a request of an Exchange. An AppendEntries goes alone.
 */
export interface PeerRequest__Output {
  /**
   * As in a call of AppendEntries.
   */
  'appendEntries': (_raft_AppendArgs__Output | null);
  /**
   * As in a call of ReadIndex.
   */
  'readIndex': (_raft_ReadIndexArgs__Output | null);
  /**
   * Writes of clients, from a node that does not lead to the one that does.
   */
  'writes': (_raft_ForwardedWrite__Output)[];
  /**
   * Who sends the writes to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
}
