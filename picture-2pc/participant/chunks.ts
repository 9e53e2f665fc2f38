import { CodedError } from '../../common/errors.ts'

const IDLE_MS = 15_000
const MAX_CHUNK_BYTES = 1024 * 1024

interface Chunk {
  readonly part?: string
  readonly data?: Buffer
}

/**
 * Splits a stream of chunks into its first message and the bytes that follow. A sender that falls
 * silent is given up, so that it cannot hold a place for ever.
 */
export async function splitHeader<C extends Chunk>(
  requests: AsyncIterable<C>,
): Promise<{ first: C; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = requests[Symbol.asyncIterator]()
  const { value: first, done } = await next(iterator)
  if (done === true) throw new CodedError('INVALID_ARGUMENT', 'the stream is empty')
  return { first, bytes: rest(iterator) }
}

async function* rest<C extends Chunk>(iterator: AsyncIterator<C>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { value, done } = await next(iterator)
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

async function next<C>(iterator: AsyncIterator<C>): Promise<IteratorResult<C>> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CodedError('REQUEST_TIMEOUT')), IDLE_MS)
  })
  try {
    return await Promise.race([iterator.next(), silence])
  } finally {
    clearTimeout(timer)
  }
}
