// Original file: picture.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Part of a DownloadStream.
 */
export interface DownloadChunk {
  /**
   * Added to the first message only: size of the whole picture in bytes.
   */
  'size'?: (number | string | Long);
  /**
   * The next bytes, at most 256 KiB.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * Added to the first message only: SHA-256 of the whole picture.
   */
  'sha256'?: (Buffer | Uint8Array | string);
}

/**
 * Part of a DownloadStream.
 */
export interface DownloadChunk__Output {
  /**
   * Added to the first message only: size of the whole picture in bytes.
   */
  'size': (number);
  /**
   * The next bytes, at most 256 KiB.
   */
  'data': (Buffer);
  /**
   * Added to the first message only: SHA-256 of the whole picture.
   */
  'sha256': (Buffer);
}
