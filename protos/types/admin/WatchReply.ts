// Original file: admin.proto


/**
 * Events that happened one after the other.
 */
export interface WatchReply {
  /**
   * Each a JSON object on one line, as docs/EVENTS.md describes it; none: a sign of life.
   */
  'events'?: (string)[];
  /**
   * Names the last of them; empty where none has a name.
   */
  'id'?: (string);
}

/**
 * Events that happened one after the other.
 */
export interface WatchReply__Output {
  /**
   * Each a JSON object on one line, as docs/EVENTS.md describes it; none: a sign of life.
   */
  'events': (string)[];
  /**
   * Names the last of them; empty where none has a name.
   */
  'id': (string);
}
