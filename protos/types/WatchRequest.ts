// Original file: picture.proto


/**
 * Added: asks for this node's events.
 */
export interface WatchRequest {
}

/**
 * Added: asks for this node's events.
 */
export interface WatchRequest__Output {
}
