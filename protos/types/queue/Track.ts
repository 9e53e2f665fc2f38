// Original file: queue.proto


/**
 * A piece of music.
 */
export interface Track {
  /**
   * Names the track, 1 to 128 bytes.
   */
  'id'?: (string);
  /**
   * At most 512 bytes; may be empty.
   */
  'title'?: (string);
  /**
   * At most 512 bytes; may be empty.
   */
  'artist'?: (string);
  /**
   * Up votes less down votes. Ignored in a request: a track starts at 0.
   */
  'votes'?: (number);
  /**
   * Seconds, 0 to 86400.
   */
  'duration'?: (number);
}

/**
 * A piece of music.
 */
export interface Track__Output {
  /**
   * Names the track, 1 to 128 bytes.
   */
  'id': (string);
  /**
   * At most 512 bytes; may be empty.
   */
  'title': (string);
  /**
   * At most 512 bytes; may be empty.
   */
  'artist': (string);
  /**
   * Up votes less down votes. Ignored in a request: a track starts at 0.
   */
  'votes': (number);
  /**
   * Seconds, 0 to 86400.
   */
  'duration': (number);
}
