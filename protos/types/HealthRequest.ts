// Original file: picture.proto


/**
 * Asks whether the node serves.
 */
export interface HealthRequest {
}

/**
 * Asks whether the node serves.
 */
export interface HealthRequest__Output {
}
