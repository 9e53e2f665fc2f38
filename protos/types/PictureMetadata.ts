// Original file: picture.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What is known of a picture beside its bytes.
 */
export interface PictureMetadata {
  /**
   * Likes on this node.
   */
  'likes'?: (number);
  /**
   * The node that answers.
   */
  'node'?: (string);
  /**
   * Added: size in bytes.
   */
  'size'?: (number | string | Long);
  /**
   * Added: when it was uploaded, milliseconds since 1970.
   */
  'uploadTime'?: (number | string | Long);
}

/**
 * What is known of a picture beside its bytes.
 */
export interface PictureMetadata__Output {
  /**
   * Likes on this node.
   */
  'likes': (number);
  /**
   * The node that answers.
   */
  'node': (string);
  /**
   * Added: size in bytes.
   */
  'size': (number);
  /**
   * Added: when it was uploaded, milliseconds since 1970.
   */
  'uploadTime': (number);
}
