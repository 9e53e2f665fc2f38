import type { Request, Response } from 'express'
import multer from 'multer'
import { CodedError, type ErrorCode, messageOf } from '../../../common/errors.ts'
import { pictureName } from '../../shell/picture-name.ts'
import { assertNotEmpty, type FanOut } from '../fan-out.ts'
import { BodyWatch } from './body-watch.ts'

const FIELD = 'file'
/** Part headers around the bytes of the one file. */
const OVERHEAD_BYTES = 64 * 1024

/** A file that has arrived wholly, and the receivers that wait to be told so. */
export interface ReceivedFile<C> {
  readonly filename: string
  readonly size: number
  readonly sha256: string
  readonly fan: FanOut<C>
}

export interface BodyLimits {
  readonly maxPictureBytes: number
  /** How long a body may pause before it is given up. */
  readonly bodyIdleMs: number
  /** How long the file itself may pause, milliseconds. */
  pauseMs(): number
}

/**
 * Reads the one file of a multipart request and passes its bytes on while they arrive: `open` is
 * called with its checked name. Nothing is complete at the receivers until the caller finishes the
 * fan-out; on any error it is cancelled here. Rejects with CodedError.
 */
export async function receiveFile<C>(
  request: Request,
  response: Response,
  { maxPictureBytes: maxBytes, bodyIdleMs, pauseMs }: BodyLimits,
  open: (filename: string) => FanOut<C>,
): Promise<ReceivedFile<C>> {
  if (request.is('multipart/form-data') === false) throw new CodedError('NOT_MULTIPART')
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + OVERHEAD_BYTES) {
    throw tooLarge(maxBytes)
  }
  const received: ReceivedFile<C>[] = []
  const fans: FanOut<C>[] = []
  const body = new BodyWatch(request, bodyIdleMs, pauseMs)
  try {
    const parsed = new Promise<void>((resolve, reject) => {
      const engine: multer.StorageEngine = {
        _handleFile(_request, file, callback) {
          const store = async () => {
            const filename = pictureName(file.originalname)
            const fan = open(filename)
            fans.push(fan)
            const { size, sha256 } = await fan.send(file.stream, pauseMs)
            if (!('truncated' in file.stream && file.stream.truncated === true)) {
              received.push({ filename, size, sha256, fan })
            }
          }
          body.hold(store()).then(
            () => callback(null, {}),
            (error: unknown) => {
              // multer waits for the rest of the body before it passes an error on, and a body that
              // stopped has none.
              if (error instanceof CodedError && error.code === 'REQUEST_TIMEOUT') reject(error)
              callback(error)
            },
          )
        },
        _removeFile: (_request, _file, callback) => callback(null),
      }
      const middleware = multer({
        storage: engine,
        preservePath: true,
        defParamCharset: 'utf8',
        limits: {
          ...{ fileSize: maxBytes, files: 1, parts: 10, fields: 8, headerPairs: 32 },
          ...{ fieldNameSize: 64, fieldSize: 1024, fieldNestingDepth: 1 },
        },
      }).single(FIELD)
      void middleware(request, response, (error: unknown) =>
        error === undefined || error === null ? resolve() : reject(asError(error)),
      )
    })
    await Promise.race([parsed, body.silence])
    const [file] = received
    if (file === undefined) throw new CodedError(body.sawEmptyName ? 'EMPTY_FILENAME' : 'NO_FILE')
    assertNotEmpty(file.size)
    return file
  } catch (error) {
    for (const fan of fans) fan.cancel()
    throw toCoded(error, maxBytes)
  } finally {
    body.end()
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error))
}

const MULTER_CODES: Readonly<Record<string, ErrorCode>> = {
  LIMIT_FILE_SIZE: 'PICTURE_TOO_LARGE',
}

function toCoded(error: unknown, maxBytes: number): CodedError {
  if (error instanceof CodedError) return error
  if (error instanceof multer.MulterError) {
    if (MULTER_CODES[error.code] !== undefined) return tooLarge(maxBytes)
    if (error.code === 'LIMIT_UNEXPECTED_FILE' && error.field !== FIELD) {
      return new CodedError('NO_FILE', `the file belongs in the field "${FIELD}"`)
    }
    return new CodedError('MALFORMED_BODY', error.message)
  }
  // What else multer passes on comes from the parser: the body is not what it says it is.
  return new CodedError('MALFORMED_BODY', messageOf(error))
}

function tooLarge(maxBytes: number): CodedError {
  return new CodedError('PICTURE_TOO_LARGE', `at most ${maxBytes} bytes`)
}
