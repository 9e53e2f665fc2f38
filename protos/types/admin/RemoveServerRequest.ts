// Original file: admin.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Whom to take out.
 */
export interface RemoveServerRequest {
  /**
   * Its id.
   */
  'id'?: (number | string | Long);
}

/**
 * Whom to take out.
 */
export interface RemoveServerRequest__Output {
  /**
   * Its id.
   */
  'id': (number);
}
