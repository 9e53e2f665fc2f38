// Original file: raft.proto


/**
 * Added: received.
 */
export interface TimeoutNowReply {
}

/**
 * Added: received.
 */
export interface TimeoutNowReply__Output {
}
