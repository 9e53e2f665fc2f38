/** One call. */
export const UNARY_PATH = '/bench.Echo/Unary'
/** Messages both ways, each answered by one. */
export const MESSAGES_PATH = '/bench.Echo/Messages'
/** As large as an AddTrack. */
export const ECHO_MESSAGE = Buffer.alloc(150, 'e')

/** No encoding: what is measured is the transport. */
export function unchanged(bytes: Buffer): Buffer {
  return bytes
}
