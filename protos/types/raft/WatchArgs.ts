// Original file: raft.proto

import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';

/**
 * Added: asks for the receiver's events.
 */
export interface WatchArgs {
  /**
   * Who asks whom.
   */
  'envelope'?: (_raft_Envelope | null);
}

/**
 * Added: asks for the receiver's events.
 */
export interface WatchArgs__Output {
  /**
   * Who asks whom.
   */
  'envelope': (_raft_Envelope__Output | null);
}
