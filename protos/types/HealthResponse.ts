// Original file: picture.proto


/**
 * Answer to Health.
 */
export interface HealthResponse {
  /**
   * "healthy".
   */
  'status'?: (string);
  /**
   * The node that answers.
   */
  'node'?: (string);
}

/**
 * Answer to Health.
 */
export interface HealthResponse__Output {
  /**
   * "healthy".
   */
  'status': (string);
  /**
   * The node that answers.
   */
  'node': (string);
}
