// Original file: picture.proto


/**
 * Asks for the bytes of one picture.
 */
export interface DownloadRequest {
  /**
   * Name of the picture.
   */
  'filename'?: (string);
}

/**
 * Asks for the bytes of one picture.
 */
export interface DownloadRequest__Output {
  /**
   * Name of the picture.
   */
  'filename': (string);
}
