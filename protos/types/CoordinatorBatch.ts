// Original file: picture.proto

import type { CoordinatorMessage as _CoordinatorMessage, CoordinatorMessage__Output as _CoordinatorMessage__Output } from './CoordinatorMessage.ts';

/**
 * Requests that leave together.
 */
export interface CoordinatorBatch {
  /**
   * Each is answered by itself, in any order. At most 1,024.
   */
  'messages'?: (_CoordinatorMessage)[];
}

/**
 * Requests that leave together.
 */
export interface CoordinatorBatch__Output {
  /**
   * Each is answered by itself, in any order. At most 1,024.
   */
  'messages': (_CoordinatorMessage__Output)[];
}
