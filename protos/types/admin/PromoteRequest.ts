// Original file: admin.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Whom to let vote.
 */
export interface PromoteRequest {
  /**
   * Its id.
   */
  'id'?: (number | string | Long);
}

/**
 * Whom to let vote.
 */
export interface PromoteRequest__Output {
  /**
   * Its id.
   */
  'id': (number);
}
