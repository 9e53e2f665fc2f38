// Original file: picture.proto

import type { TransactionOrder as _TransactionOrder, TransactionOrder__Output as _TransactionOrder__Output } from './TransactionOrder.ts';

/**
 * Phase 2 request.
 */
export interface DecisionArgs {
  /**
   * The transaction decided.
   */
  'transactionId'?: (string);
  /**
   * Name of the coordinator.
   */
  'coordinatorId'?: (string);
  /**
   * Name of the picture.
   */
  'filename'?: (string);
  /**
   * Added: identifies the coordinator's disk.
   */
  'coordinatorDisk'?: (string);
  /**
   * Added: place of this transaction.
   */
  'order'?: (_TransactionOrder | null);
  /**
   * Added: every transaction before this place is finished everywhere and may be forgotten.
   */
  'finishedBefore'?: (_TransactionOrder | null);
}

/**
 * Phase 2 request.
 */
export interface DecisionArgs__Output {
  /**
   * The transaction decided.
   */
  'transactionId': (string);
  /**
   * Name of the coordinator.
   */
  'coordinatorId': (string);
  /**
   * Name of the picture.
   */
  'filename': (string);
  /**
   * Added: identifies the coordinator's disk.
   */
  'coordinatorDisk': (string);
  /**
   * Added: place of this transaction.
   */
  'order': (_TransactionOrder__Output | null);
  /**
   * Added: every transaction before this place is finished everywhere and may be forgotten.
   */
  'finishedBefore': (_TransactionOrder__Output | null);
}
