// Original file: picture.proto


/**
 * Asks for one picture by name.
 */
export interface SearchRequest {
  /**
   * Name of the picture.
   */
  'filename'?: (string);
}

/**
 * Asks for one picture by name.
 */
export interface SearchRequest__Output {
  /**
   * Name of the picture.
   */
  'filename': (string);
}
