// Original file: picture.proto


/**
 * Phase 2 answer.
 */
export interface Ack {
  /**
   * Always true: what cannot be acknowledged is an error.
   */
  'success'?: (boolean);
  /**
   * The node that acknowledges.
   */
  'nodeId'?: (string);
}

/**
 * Phase 2 answer.
 */
export interface Ack__Output {
  /**
   * Always true: what cannot be acknowledged is an error.
   */
  'success': (boolean);
  /**
   * The node that acknowledges.
   */
  'nodeId': (string);
}
