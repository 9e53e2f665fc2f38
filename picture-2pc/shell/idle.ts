import { CodedError } from '../../common/errors.ts'

/**
 * The next item of a stream from outside. A sender that falls silent for `idleMs` is given up with
 * CodedError REQUEST_TIMEOUT, so that it cannot hold a place for ever.
 */
export async function nextWithin<C>(
  iterator: AsyncIterator<C>,
  idleMs: number,
): Promise<IteratorResult<C>> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CodedError('REQUEST_TIMEOUT')), idleMs)
  })
  try {
    return await Promise.race([iterator.next(), silence])
  } finally {
    clearTimeout(timer)
  }
}
