import { CodedError } from '../../common/errors.ts'
import { nextWithin } from '../shell/idle.ts'

const MAX_CHUNK_BYTES = 1024 * 1024

interface Chunk {
  readonly part?: string
  readonly data?: Buffer
}

/** A gRPC request stream. */
type Requests<C> = AsyncIterable<C> & { readonly cancelled: boolean }

/**
 * Splits a stream of chunks into its first message and the bytes that follow. A sender that falls
 * silent for `idleMs` milliseconds is given up. Rejects with CodedError.
 */
export async function splitHeader<C extends Chunk>(
  requests: Requests<C>,
  idleMs: number,
): Promise<{ first: C; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = requests[Symbol.asyncIterator]()
  const next = () => nextChunk(iterator, requests, idleMs)
  const first = await next()
  return { first, bytes: rest(next) }
}

/** The bytes, up to the message that says they are complete; without it they are not. */
async function* rest<C extends Chunk>(next: () => Promise<C>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { part, data } = await next()
    if (part === 'complete') return
    if (part !== 'data' || data === undefined) {
      throw new CodedError('INVALID_ARGUMENT', 'only data may follow the first message')
    }
    if (data.byteLength > MAX_CHUNK_BYTES) {
      throw new CodedError('INVALID_ARGUMENT', `a chunk has at most ${MAX_CHUNK_BYTES} bytes`)
    }
    yield data
  }
}

async function nextChunk<C>(
  iterator: AsyncIterator<C>,
  requests: Requests<C>,
  idleMs: number,
): Promise<C> {
  // A stream that is reset ends, or breaks with an error of Node's, as its timing will have it.
  const result = await nextWithin(iterator, idleMs).catch((error: unknown) => {
    throw error instanceof CodedError ? error : endedEarly()
  })
  if (result.done === true || requests.cancelled) throw endedEarly()
  return result.value
}

function endedEarly(): CodedError {
  return new CodedError('INVALID_ARGUMENT', 'the stream ended before its bytes were complete')
}
