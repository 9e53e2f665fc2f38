// Original file: picture.proto


/**
 * Phase 1 answer.
 */
export interface VoteReply {
  /**
   * Whether this node will commit if told to.
   */
  'voteGranted'?: (boolean);
  /**
   * The node that votes.
   */
  'nodeId'?: (string);
  /**
   * Added: code of the reason of a no, for example PICTURE_NOT_FOUND.
   */
  'reason'?: (string);
  /**
   * Added: likes the picture has here once the transaction commits.
   */
  'likes'?: (number);
}

/**
 * Phase 1 answer.
 */
export interface VoteReply__Output {
  /**
   * Whether this node will commit if told to.
   */
  'voteGranted': (boolean);
  /**
   * The node that votes.
   */
  'nodeId': (string);
  /**
   * Added: code of the reason of a no, for example PICTURE_NOT_FOUND.
   */
  'reason': (string);
  /**
   * Added: likes the picture has here once the transaction commits.
   */
  'likes': (number);
}
