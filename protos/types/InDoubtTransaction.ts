// Original file: picture.proto

import type { Operation as _Operation, Operation__Output as _Operation__Output } from './Operation.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * A transaction this node voted yes on and has no decision for.
 */
export interface InDoubtTransaction {
  /**
   * The transaction.
   */
  'transactionId'?: (string);
  /**
   * Its coordinator.
   */
  'coordinatorId'?: (string);
  /**
   * The picture it locks.
   */
  'filename'?: (string);
  /**
   * What it would do.
   */
  'operation'?: (_Operation);
  /**
   * When this node voted, milliseconds since 1970.
   */
  'preparedAt'?: (number | string | Long);
}

/**
 * A transaction this node voted yes on and has no decision for.
 */
export interface InDoubtTransaction__Output {
  /**
   * The transaction.
   */
  'transactionId': (string);
  /**
   * Its coordinator.
   */
  'coordinatorId': (string);
  /**
   * The picture it locks.
   */
  'filename': (string);
  /**
   * What it would do.
   */
  'operation': (_Operation__Output);
  /**
   * When this node voted, milliseconds since 1970.
   */
  'preparedAt': (number);
}
