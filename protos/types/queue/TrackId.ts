// Original file: queue.proto


/**
 * Names one track.
 */
export interface TrackId {
  /**
   * 1 to 128 bytes.
   */
  'id'?: (string);
}

/**
 * Names one track.
 */
export interface TrackId__Output {
  /**
   * 1 to 128 bytes.
   */
  'id': (string);
}
