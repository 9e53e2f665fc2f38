// Original file: picture.proto


/**
 * Asks to like one picture on this node.
 */
export interface LikeRequest {
  /**
   * Name of the picture.
   */
  'filename'?: (string);
}

/**
 * Asks to like one picture on this node.
 */
export interface LikeRequest__Output {
  /**
   * Name of the picture.
   */
  'filename': (string);
}
