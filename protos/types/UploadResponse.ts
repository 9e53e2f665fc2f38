// Original file: picture.proto


/**
 * Answer to Upload and UploadStream.
 */
export interface UploadResponse {
  /**
   * Whether the picture is stored, durably.
   */
  'success'?: (boolean);
  /**
   * The node that answers.
   */
  'node'?: (string);
}

/**
 * Answer to Upload and UploadStream.
 */
export interface UploadResponse__Output {
  /**
   * Whether the picture is stored, durably.
   */
  'success': (boolean);
  /**
   * The node that answers.
   */
  'node': (string);
}
