// Original file: admin.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Whom to hand leadership to.
 */
export interface TransferRequest {
  /**
   * Its id; 0: whoever has most of the log.
   */
  'to'?: (number | string | Long);
}

/**
 * Whom to hand leadership to.
 */
export interface TransferRequest__Output {
  /**
   * Its id; 0: whoever has most of the log.
   */
  'to': (number);
}
