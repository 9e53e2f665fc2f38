// Original file: admin.proto


/**
 * Nothing.
 */
export interface StatusRequest {
}

/**
 * Nothing.
 */
export interface StatusRequest__Output {
}
