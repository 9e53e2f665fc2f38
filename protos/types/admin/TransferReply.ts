// Original file: admin.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Who leads now.
 */
export interface TransferReply {
  /**
   * The leader, if known yet; else 0.
   */
  'leaderId'?: (number | string | Long);
}

/**
 * Who leads now.
 */
export interface TransferReply__Output {
  /**
   * The leader, if known yet; else 0.
   */
  'leaderId': (number);
}
