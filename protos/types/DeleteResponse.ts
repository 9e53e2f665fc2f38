// Original file: picture.proto


/**
 * Answer to Delete.
 */
export interface DeleteResponse {
  /**
   * Whether a picture was deleted.
   */
  'success'?: (boolean);
}

/**
 * Answer to Delete.
 */
export interface DeleteResponse__Output {
  /**
   * Whether a picture was deleted.
   */
  'success': (boolean);
}
