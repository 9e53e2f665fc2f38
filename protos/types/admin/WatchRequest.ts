// Original file: admin.proto


/**
 * Asks for events.
 */
export interface WatchRequest {
  /**
   * Of all nodes that this one can hear; else of this one alone.
   */
  'cluster'?: (boolean);
  /**
   * Go on behind the event that the last reply's id named; empty: from now on.
   */
  'after'?: (string);
}

/**
 * Asks for events.
 */
export interface WatchRequest__Output {
  /**
   * Of all nodes that this one can hear; else of this one alone.
   */
  'cluster': (boolean);
  /**
   * Go on behind the event that the last reply's id named; empty: from now on.
   */
  'after': (string);
}
