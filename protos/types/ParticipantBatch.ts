// Original file: picture.proto

import type { ParticipantMessage as _ParticipantMessage, ParticipantMessage__Output as _ParticipantMessage__Output } from './ParticipantMessage.ts';

/**
 * Answers that leave together.
 */
export interface ParticipantBatch {
  /**
   * Each answers one request.
   */
  'messages'?: (_ParticipantMessage)[];
}

/**
 * Answers that leave together.
 */
export interface ParticipantBatch__Output {
  /**
   * Each answers one request.
   */
  'messages': (_ParticipantMessage__Output)[];
}
