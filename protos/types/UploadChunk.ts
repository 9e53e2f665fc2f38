// Original file: picture.proto


/**
 * Part of an UploadStream: the name first, then the bytes.
 */
export interface UploadChunk {
  /**
   * Name of the picture; only in the first message.
   */
  'filename'?: (string);
  /**
   * The next bytes, at most 1 MiB.
   */
  'data'?: (Buffer | Uint8Array | string);
  'part'?: "filename"|"data";
}

/**
 * Part of an UploadStream: the name first, then the bytes.
 */
export interface UploadChunk__Output {
  /**
   * Name of the picture; only in the first message.
   */
  'filename'?: (string);
  /**
   * The next bytes, at most 1 MiB.
   */
  'data'?: (Buffer);
  'part'?: "filename"|"data";
}
