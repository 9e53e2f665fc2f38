// Original file: picture.proto

/**
 * What a transaction does.
 */
export const Operation = {
  /**
   * Deletes the picture. The original's only operation, hence the default.
   */
  DELETE: 'DELETE',
  /**
   * Stores the staged picture, in place of one of the same name.
   */
  UPLOAD: 'UPLOAD',
  /**
   * Adds one like.
   */
  LIKE: 'LIKE',
} as const;

/**
 * What a transaction does.
 */
export type Operation =
  /**
   * Deletes the picture. The original's only operation, hence the default.
   */
  | 'DELETE'
  | 0
  /**
   * Stores the staged picture, in place of one of the same name.
   */
  | 'UPLOAD'
  | 1
  /**
   * Adds one like.
   */
  | 'LIKE'
  | 2

/**
 * What a transaction does.
 */
export type Operation__Output = typeof Operation[keyof typeof Operation]
