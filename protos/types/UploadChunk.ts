// Original file: picture.proto


/**
 * Part of an UploadStream: the name first, then the bytes, then that they are complete.
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
  /**
   * The last message. A stream that ends without it is not stored: to the receiver, a sender that
   * died or gave up ends its stream like one that is done.
   */
  'complete'?: (boolean);
  'part'?: "filename"|"data"|"complete";
}

/**
 * Part of an UploadStream: the name first, then the bytes, then that they are complete.
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
  /**
   * The last message. A stream that ends without it is not stored: to the receiver, a sender that
   * died or gave up ends its stream like one that is done.
   */
  'complete'?: (boolean);
  'part'?: "filename"|"data"|"complete";
}
