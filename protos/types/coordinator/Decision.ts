// Original file: coordinator.proto

/**
 * What the node asked knows.
 */
export const Decision = {
  /**
   * Nothing that could settle it: not this node's transaction, or long forgotten.
   */
  UNKNOWN: 'UNKNOWN',
  /**
   * The coordinator has not decided yet: ask again.
   */
  PENDING: 'PENDING',
  /**
   * Committed.
   */
  COMMIT: 'COMMIT',
  /**
   * Aborted.
   */
  ABORT: 'ABORT',
  /**
   * The node asked is in doubt itself.
   */
  IN_DOUBT: 'IN_DOUBT',
} as const;

/**
 * What the node asked knows.
 */
export type Decision =
  /**
   * Nothing that could settle it: not this node's transaction, or long forgotten.
   */
  | 'UNKNOWN'
  | 0
  /**
   * The coordinator has not decided yet: ask again.
   */
  | 'PENDING'
  | 1
  /**
   * Committed.
   */
  | 'COMMIT'
  | 2
  /**
   * Aborted.
   */
  | 'ABORT'
  | 3
  /**
   * The node asked is in doubt itself.
   */
  | 'IN_DOUBT'
  | 4

/**
 * What the node asked knows.
 */
export type Decision__Output = typeof Decision[keyof typeof Decision]
