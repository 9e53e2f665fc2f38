// Original file: coordinator.proto

import type { Long } from '@grpc/proto-loader';

/**
 * A question about one transaction.
 */
export interface DecisionQuery {
  /**
   * The transaction in doubt.
   */
  'transactionId'?: (string);
  /**
   * The node that asks.
   */
  'nodeId'?: (string);
  /**
   * Name of the transaction's coordinator.
   */
  'coordinatorId'?: (string);
  /**
   * Identifies the disk of that coordinator; empty for one that does not name it.
   */
  'coordinatorDisk'?: (string);
  /**
   * Epoch of the transaction.
   */
  'epoch'?: (number | string | Long);
  /**
   * Number of the transaction within its epoch.
   */
  'number'?: (number | string | Long);
  /**
   * All participants of the transaction.
   */
  'participants'?: (string)[];
  /**
   * When the node that asks voted, milliseconds since 1970; 0: not told.
   */
  'preparedAt'?: (number | string | Long);
}

/**
 * A question about one transaction.
 */
export interface DecisionQuery__Output {
  /**
   * The transaction in doubt.
   */
  'transactionId': (string);
  /**
   * The node that asks.
   */
  'nodeId': (string);
  /**
   * Name of the transaction's coordinator.
   */
  'coordinatorId': (string);
  /**
   * Identifies the disk of that coordinator; empty for one that does not name it.
   */
  'coordinatorDisk': (string);
  /**
   * Epoch of the transaction.
   */
  'epoch': (number);
  /**
   * Number of the transaction within its epoch.
   */
  'number': (number);
  /**
   * All participants of the transaction.
   */
  'participants': (string)[];
  /**
   * When the node that asks voted, milliseconds since 1970; 0: not told.
   */
  'preparedAt': (number);
}
