// Original file: picture.proto


/**
 * What a call would have failed with.
 */
export interface RefusedCall {
  /**
   * Code of the error table, for example UNKNOWN_TRANSACTION.
   */
  'code'?: (string);
  /**
   * The sentence that says what to do.
   */
  'details'?: (string);
}

/**
 * What a call would have failed with.
 */
export interface RefusedCall__Output {
  /**
   * Code of the error table, for example UNKNOWN_TRANSACTION.
   */
  'code': (string);
  /**
   * The sentence that says what to do.
   */
  'details': (string);
}
