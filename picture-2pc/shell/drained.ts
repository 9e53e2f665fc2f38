import { type EventEmitter, once } from 'node:events'

/**
 * Waits until a stream that is full takes more, or until its event `over` says that it never will.
 * Leaves no listener behind: a large picture makes thousands of these waits on one stream. Rejects
 * when the stream breaks.
 */
export async function drained(stream: EventEmitter, over: 'close' | 'cancelled'): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  try {
    await Promise.race([once(stream, 'drain', { signal }), once(stream, over, { signal })])
  } finally {
    waiting.abort()
  }
}
