// Original file: picture.proto


/**
 * Names the transaction whose bytes follow.
 */
export interface StageHeader {
  /**
   * The transaction that will ask for a vote on these bytes.
   */
  'transactionId'?: (string);
  /**
   * Name of the coordinator.
   */
  'coordinatorId'?: (string);
}

/**
 * Names the transaction whose bytes follow.
 */
export interface StageHeader__Output {
  /**
   * The transaction that will ask for a vote on these bytes.
   */
  'transactionId': (string);
  /**
   * Name of the coordinator.
   */
  'coordinatorId': (string);
}
