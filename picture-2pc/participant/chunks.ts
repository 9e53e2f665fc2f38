import { CodedError } from '../../common/errors.ts'
import { nextWithin } from '../shell/idle.ts'

const IDLE_MS = 20_000
const MAX_CHUNK_BYTES = 1024 * 1024

interface Chunk {
  readonly part?: string
  readonly data?: Buffer
}

/** A gRPC request stream. One that is cancelled may end like one that is complete. */
type Requests<C> = AsyncIterable<C> & { readonly cancelled: boolean }

/** Splits a stream of chunks into its first message and the bytes that follow. */
export async function splitHeader<C extends Chunk>(
  requests: Requests<C>,
): Promise<{ first: C; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = requests[Symbol.asyncIterator]()
  const { value: first, done } = await nextWithin(iterator, IDLE_MS)
  if (done === true) throw new CodedError('INVALID_ARGUMENT', 'the stream is empty')
  return { first, bytes: rest(iterator, requests) }
}

async function* rest<C extends Chunk>(
  iterator: AsyncIterator<C>,
  requests: Requests<C>,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { value, done } = await nextWithin(iterator, IDLE_MS)
    if (requests.cancelled) throw new CodedError('MALFORMED_BODY', 'the sender gave up')
    if (done === true) return
    if (value.part !== 'data' || value.data === undefined) {
      throw new CodedError('INVALID_ARGUMENT', 'only data may follow the first message')
    }
    if (value.data.byteLength > MAX_CHUNK_BYTES) {
      throw new CodedError('INVALID_ARGUMENT', `a chunk has at most ${MAX_CHUNK_BYTES} bytes`)
    }
    yield value.data
  }
}
