import type { IncomingMessage, ServerResponse } from 'node:http'

const LINGER_MS = 10_000
const LINGER_BYTES = 64 * 1024 * 1024

/**
 * Ends an answer that is written already while the request's body is still coming: reads on for a
 * while first, since a connection closed over unread bytes is reset, and the reset reaches the sender
 * before the answer does.
 */
export function endWhenRead(request: IncomingMessage, response: ServerResponse): void {
  if (request.closed) {
    response.end() // nothing comes any more, not even the end of it
    return
  }
  let left = LINGER_BYTES
  const end = () => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  request.on('data', (chunk: Buffer) => {
    left -= chunk.byteLength
    if (left < 0) end()
  })
  request.once('end', end)
  request.once('close', end)
  request.resume()
}
