// Original file: picture.proto

import type { Operation as _Operation, Operation__Output as _Operation__Output } from './Operation.ts';
import type { TransactionOrder as _TransactionOrder, TransactionOrder__Output as _TransactionOrder__Output } from './TransactionOrder.ts';
import type { StagedPicture as _StagedPicture, StagedPicture__Output as _StagedPicture__Output } from './StagedPicture.ts';

/**
 * Phase 1 request.
 */
export interface VoteArgs {
  /**
   * Identifies the transaction; chosen by the coordinator, never reused.
   */
  'transactionId'?: (string);
  /**
   * Name of the coordinator, one of those this node is configured with.
   */
  'coordinatorId'?: (string);
  /**
   * Name of the picture.
   */
  'filename'?: (string);
  /**
   * Added: what is to be done.
   */
  'operation'?: (_Operation);
  /**
   * Added: identifies the coordinator's disk. Who lost that disk cannot decide for it.
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
  /**
   * Added: names of all participants, whom a node in doubt may ask.
   */
  'participants'?: (string)[];
  /**
   * Added: for an upload, the bytes staged for it.
   */
  'staged'?: (_StagedPicture | null);
}

/**
 * Phase 1 request.
 */
export interface VoteArgs__Output {
  /**
   * Identifies the transaction; chosen by the coordinator, never reused.
   */
  'transactionId': (string);
  /**
   * Name of the coordinator, one of those this node is configured with.
   */
  'coordinatorId': (string);
  /**
   * Name of the picture.
   */
  'filename': (string);
  /**
   * Added: what is to be done.
   */
  'operation': (_Operation__Output);
  /**
   * Added: identifies the coordinator's disk. Who lost that disk cannot decide for it.
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
  /**
   * Added: names of all participants, whom a node in doubt may ask.
   */
  'participants': (string)[];
  /**
   * Added: for an upload, the bytes staged for it.
   */
  'staged': (_StagedPicture__Output | null);
}
