// Original file: picture.proto


/**
 * Asks for a page of the list; with no field set, for the first page.
 */
export interface ListRequest {
  /**
   * Added: only names after this one.
   */
  'after'?: (string);
  /**
   * Added: at most this many pictures; 0 means the server's limit.
   */
  'limit'?: (number);
}

/**
 * Asks for a page of the list; with no field set, for the first page.
 */
export interface ListRequest__Output {
  /**
   * Added: only names after this one.
   */
  'after': (string);
  /**
   * Added: at most this many pictures; 0 means the server's limit.
   */
  'limit': (number);
}
