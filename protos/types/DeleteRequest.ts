// Original file: picture.proto


/**
 * Asks to delete one picture from this node.
 */
export interface DeleteRequest {
  /**
   * Name of the picture.
   */
  'filename'?: (string);
}

/**
 * Asks to delete one picture from this node.
 */
export interface DeleteRequest__Output {
  /**
   * Name of the picture.
   */
  'filename': (string);
}
