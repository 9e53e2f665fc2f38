// Original file: admin.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Whom to add.
 */
export interface AddLearnerRequest {
  /**
   * Its id, never used before in this cluster.
   */
  'id'?: (number | string | Long);
  /**
   * Where peers reach it, host:port.
   */
  'address'?: (string);
}

/**
 * Whom to add.
 */
export interface AddLearnerRequest__Output {
  /**
   * Its id, never used before in this cluster.
   */
  'id': (number);
  /**
   * Where peers reach it, host:port.
   */
  'address': (string);
}
