// Original file: queue.proto


/**
 * A vote for or against a queued track.
 */
export interface VoteRequest {
  /**
   * The track.
   */
  'id'?: (string);
  /**
   * True adds a vote, false takes one away.
   */
  'up'?: (boolean);
}

/**
 * A vote for or against a queued track.
 */
export interface VoteRequest__Output {
  /**
   * The track.
   */
  'id': (string);
  /**
   * True adds a vote, false takes one away.
   */
  'up': (boolean);
}
