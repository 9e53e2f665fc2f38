// Original file: picture.proto


/**
 * Answer to Search.
 */
export interface SearchResponse {
  /**
   * Whether this node holds the picture.
   */
  'found'?: (boolean);
  /**
   * The node that answers.
   */
  'node'?: (string);
  /**
   * Likes of the picture on this node.
   */
  'likes'?: (number);
}

/**
 * Answer to Search.
 */
export interface SearchResponse__Output {
  /**
   * Whether this node holds the picture.
   */
  'found': (boolean);
  /**
   * The node that answers.
   */
  'node': (string);
  /**
   * Likes of the picture on this node.
   */
  'likes': (number);
}
