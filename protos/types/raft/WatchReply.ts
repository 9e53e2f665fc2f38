// Original file: raft.proto


/**
 * Added: events that happened one after the other.
 */
export interface WatchReply {
  /**
   * Each a JSON object on one line, as docs/EVENTS.md describes it; none: a sign of life.
   */
  'events'?: (string)[];
  /**
   * Names the last of them.
   */
  'id'?: (string);
}

/**
 * Added: events that happened one after the other.
 */
export interface WatchReply__Output {
  /**
   * Each a JSON object on one line, as docs/EVENTS.md describes it; none: a sign of life.
   */
  'events': (string)[];
  /**
   * Names the last of them.
   */
  'id': (string);
}
