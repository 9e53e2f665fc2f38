// Original file: picture.proto

import type { Long } from '@grpc/proto-loader';

/**
 * The bytes that an upload brought with Stage.
 */
export interface StagedPicture {
  /**
   * Size in bytes.
   */
  'size'?: (number | string | Long);
  /**
   * SHA-256 of the bytes, 32 bytes.
   */
  'sha256'?: (Buffer | Uint8Array | string);
  /**
   * Time of the upload as every participant records it, milliseconds since 1970.
   */
  'uploadTime'?: (number | string | Long);
}

/**
 * The bytes that an upload brought with Stage.
 */
export interface StagedPicture__Output {
  /**
   * Size in bytes.
   */
  'size': (number);
  /**
   * SHA-256 of the bytes, 32 bytes.
   */
  'sha256': (Buffer);
  /**
   * Time of the upload as every participant records it, milliseconds since 1970.
   */
  'uploadTime': (number);
}
