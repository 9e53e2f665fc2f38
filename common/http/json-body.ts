import type { IncomingMessage } from 'node:http'
import { CodedError } from '../errors.ts'

export interface BodyBounds {
  readonly maxBytes: number
  /** The whole body must have arrived after this. */
  readonly withinMs: number
}

/**
 * The JSON that a request brings. Rejects with CodedError NOT_JSON, BODY_TOO_LARGE, REQUEST_TIMEOUT,
 * INVALID_ARGUMENT or CALLER_GONE; the body is then not read to its end.
 */
export async function readJson(request: IncomingMessage, bounds: BodyBounds): Promise<unknown> {
  checkType(request)
  const bytes = await readBytes(request, bounds)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new CodedError('INVALID_ARGUMENT', 'the body is no JSON in UTF-8')
  }
}

/** A page of another origin cannot send this type without being asked for permission first. */
function checkType({ headers }: IncomingMessage): void {
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';')
  const known = parameters.every((each) => /^\s*charset\s*=\s*"?utf-8"?\s*$/.test(each))
  const encoding = headers['content-encoding'] ?? 'identity'
  if (type?.trim() !== 'application/json' || !known || encoding !== 'identity') {
    throw new CodedError('NOT_JSON')
  }
}

function readBytes(request: IncomingMessage, { maxBytes, withinMs }: BodyBounds): Promise<Buffer> {
  const tooLarge = () => new CodedError('BODY_TOO_LARGE', `at most ${maxBytes} bytes`)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const stop = (error: CodedError | null) => {
      clearTimeout(late)
      request.off('data', take).off('end', done).off('close', gone)
      if (error === null) resolve(Buffer.concat(chunks))
      else reject(error)
    }
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) stop(tooLarge())
      else chunks.push(chunk)
    }
    const done = () => stop(null)
    const gone = () => stop(new CodedError('CALLER_GONE'))
    const late = setTimeout(() => stop(new CodedError('REQUEST_TIMEOUT')), withinMs)
    request.on('data', take).on('end', done).on('close', gone)
    request.on('error', () => undefined) // 'close' follows
  })
}
