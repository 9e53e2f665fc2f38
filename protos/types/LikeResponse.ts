// Original file: picture.proto


/**
 * Answer to Like.
 */
export interface LikeResponse {
  /**
   * Whether the like was counted.
   */
  'success'?: (boolean);
  /**
   * Likes of the picture on this node after it.
   */
  'likes'?: (number);
}

/**
 * Answer to Like.
 */
export interface LikeResponse__Output {
  /**
   * Whether the like was counted.
   */
  'success': (boolean);
  /**
   * Likes of the picture on this node after it.
   */
  'likes': (number);
}
