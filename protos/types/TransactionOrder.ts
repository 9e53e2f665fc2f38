// Original file: picture.proto

import type { Long } from '@grpc/proto-loader';

/**
 * Place of a transaction in the order in which one coordinator began them.
 */
export interface TransactionOrder {
  /**
   * Epoch of the coordinator's run that began it; each start has a higher one.
   */
  'epoch'?: (number | string | Long);
  /**
   * Count within that run, from 1.
   */
  'number'?: (number | string | Long);
}

/**
 * Place of a transaction in the order in which one coordinator began them.
 */
export interface TransactionOrder__Output {
  /**
   * Epoch of the coordinator's run that began it; each start has a higher one.
   */
  'epoch': (number);
  /**
   * Count within that run, from 1.
   */
  'number': (number);
}
