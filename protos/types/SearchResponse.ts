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
  /**
   * Added: SHA-256 of its bytes; empty when not found.
   */
  'sha256'?: (Buffer | Uint8Array | string);
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
  /**
   * Added: SHA-256 of its bytes; empty when not found.
   */
  'sha256': (Buffer);
}
