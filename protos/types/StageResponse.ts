// Original file: picture.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Answer to Stage: the bytes are on disk.
 */
export interface StageResponse {
  /**
   * Size in bytes.
   */
  'size'?: (number | string | Long);
  /**
   * SHA-256 of the bytes.
   */
  'sha256'?: (Buffer | Uint8Array | string);
}

/**
 * Answer to Stage: the bytes are on disk.
 */
export interface StageResponse__Output {
  /**
   * Size in bytes.
   */
  'size': (number);
  /**
   * SHA-256 of the bytes.
   */
  'sha256': (Buffer);
}
