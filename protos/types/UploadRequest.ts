// Original file: picture.proto


/**
 * A picture in one message.
 */
export interface UploadRequest {
  /**
   * Name of the picture, 1 to 255 bytes of UTF-8.
   */
  'filename'?: (string);
  /**
   * Its bytes, at least one.
   */
  'data'?: (Buffer | Uint8Array | string);
}

/**
 * A picture in one message.
 */
export interface UploadRequest__Output {
  /**
   * Name of the picture, 1 to 255 bytes of UTF-8.
   */
  'filename': (string);
  /**
   * Its bytes, at least one.
   */
  'data': (Buffer);
}
