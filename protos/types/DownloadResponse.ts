// Original file: picture.proto


/**
 * A whole picture.
 */
export interface DownloadResponse {
  /**
   * Its bytes; empty when not found.
   */
  'data'?: (Buffer | Uint8Array | string);
  /**
   * Whether this node holds the picture.
   */
  'found'?: (boolean);
}

/**
 * A whole picture.
 */
export interface DownloadResponse__Output {
  /**
   * Its bytes; empty when not found.
   */
  'data': (Buffer);
  /**
   * Whether this node holds the picture.
   */
  'found': (boolean);
}
