// Original file: picture.proto

import type { StageHeader as _StageHeader, StageHeader__Output as _StageHeader__Output } from './StageHeader.ts';

/**
 * Part of a Stage: the header first, then the bytes, then that they are complete.
 */
export interface StageChunk {
  /**
   * Only in the first message.
   */
  'header'?: (_StageHeader | null);
  /**
   * The next bytes, at most 1 MiB.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * The last message, as in UploadChunk.
   */
  'complete'?: (boolean);
  'part'?: "header"|"data"|"complete";
}

/**
 * Part of a Stage: the header first, then the bytes, then that they are complete.
 */
export interface StageChunk__Output {
  /**
   * Only in the first message.
   */
  'header'?: (_StageHeader__Output | null);
  /**
   * The next bytes, at most 1 MiB.
   */
  'data'?: (Buffer);
  /**
   * The last message, as in UploadChunk.
   */
  'complete'?: (boolean);
  'part'?: "header"|"data"|"complete";
}
