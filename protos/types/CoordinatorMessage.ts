// Original file: picture.proto

import type { VoteArgs as _VoteArgs, VoteArgs__Output as _VoteArgs__Output } from './VoteArgs.ts';
import type { DecisionArgs as _DecisionArgs, DecisionArgs__Output as _DecisionArgs__Output } from './DecisionArgs.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A request of an Exchange.
 */
export interface CoordinatorMessage {
  /**
   * Chosen by the coordinator; the answer repeats it. Unique within the stream while it is open.
   */
  'callId'?: (number | string | Long);
  /**
   * As the call of this name.
   */
  'voteRequest'?: (_VoteArgs | null);
  /**
   * As the call of this name.
   */
  'globalCommit'?: (_DecisionArgs | null);
  /**
   * As the call of this name.
   */
  'globalAbort'?: (_DecisionArgs | null);
  'request'?: "voteRequest"|"globalCommit"|"globalAbort";
}

/**
 * A request of an Exchange.
 */
export interface CoordinatorMessage__Output {
  /**
   * Chosen by the coordinator; the answer repeats it. Unique within the stream while it is open.
   */
  'callId': (number);
  /**
   * As the call of this name.
   */
  'voteRequest'?: (_VoteArgs__Output | null);
  /**
   * As the call of this name.
   */
  'globalCommit'?: (_DecisionArgs__Output | null);
  /**
   * As the call of this name.
   */
  'globalAbort'?: (_DecisionArgs__Output | null);
  'request'?: "voteRequest"|"globalCommit"|"globalAbort";
}
