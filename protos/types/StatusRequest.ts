// Original file: picture.proto


/**
 * Asks what the node holds.
 */
export interface StatusRequest {
}

/**
 * Asks what the node holds.
 */
export interface StatusRequest__Output {
}
