// Original file: picture.proto

import type { VoteReply as _VoteReply, VoteReply__Output as _VoteReply__Output } from './VoteReply.ts';
import type { Ack as _Ack, Ack__Output as _Ack__Output } from './Ack.ts';
import type { RefusedCall as _RefusedCall, RefusedCall__Output as _RefusedCall__Output } from './RefusedCall.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * An answer of an Exchange.
 */
export interface ParticipantMessage {
  /**
   * The request answered.
   */
  'callId'?: (number | string | Long);
  /**
   * Answers vote_request.
   */
  'vote'?: (_VoteReply | null);
  /**
   * Answers global_commit and global_abort.
   */
  'ack'?: (_Ack | null);
  /**
   * Answers any request that cannot be answered otherwise.
   */
  'refused'?: (_RefusedCall | null);
  'reply'?: "vote"|"ack"|"refused";
}

/**
 * An answer of an Exchange.
 */
export interface ParticipantMessage__Output {
  /**
   * The request answered.
   */
  'callId': (number);
  /**
   * Answers vote_request.
   */
  'vote'?: (_VoteReply__Output | null);
  /**
   * Answers global_commit and global_abort.
   */
  'ack'?: (_Ack__Output | null);
  /**
   * Answers any request that cannot be answered otherwise.
   */
  'refused'?: (_RefusedCall__Output | null);
  'reply'?: "vote"|"ack"|"refused";
}
