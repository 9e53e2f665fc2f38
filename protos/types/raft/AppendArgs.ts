// Original file: raft.proto

import type { LogEntry as _raft_LogEntry, LogEntry__Output as _raft_LogEntry__Output } from '../raft/LogEntry.ts';
import type { Envelope as _raft_Envelope, Envelope__Output as _raft_Envelope__Output } from '../raft/Envelope.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * Entries to append.
 */
export interface AppendArgs {
  /**
   * The leader's term.
   */
  'term'?: (number | string | Long);
  /**
   * The leader.
   */
  'leaderId'?: (number | string | Long);
  /**
   * Index of the entry before the new ones.
   */
  'prevLogIndex'?: (number | string | Long);
  /**
   * Term of that entry.
   */
  'prevLogTerm'?: (number | string | Long);
  /**
   * The entries, contiguous; none in a heartbeat.
   */
  'entries'?: (_raft_LogEntry)[];
  /**
   * The leader's commitIndex.
   */
  'leaderCommit'?: (number | string | Long);
  /**
   * Added: who sends this to whom.
   */
  'envelope'?: (_raft_Envelope | null);
  /**
   * Added: for a node that lost its disk, the nonce it gave; else 0.
   */
  'recoveryNonce'?: (number | string | Long);
  /**
   * Added: such a node may vote again once it holds this index; 0: not known yet.
   */
  'recoveryBarrier'?: (number | string | Long);
}

/**
 * Entries to append.
 */
export interface AppendArgs__Output {
  /**
   * The leader's term.
   */
  'term': (number);
  /**
   * The leader.
   */
  'leaderId': (number);
  /**
   * Index of the entry before the new ones.
   */
  'prevLogIndex': (number);
  /**
   * Term of that entry.
   */
  'prevLogTerm': (number);
  /**
   * The entries, contiguous; none in a heartbeat.
   */
  'entries': (_raft_LogEntry__Output)[];
  /**
   * The leader's commitIndex.
   */
  'leaderCommit': (number);
  /**
   * Added: who sends this to whom.
   */
  'envelope': (_raft_Envelope__Output | null);
  /**
   * Added: for a node that lost its disk, the nonce it gave; else 0.
   */
  'recoveryNonce': (number);
  /**
   * Added: such a node may vote again once it holds this index; 0: not known yet.
   */
  'recoveryBarrier': (number);
}
