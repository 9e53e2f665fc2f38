import type { Request, Response } from 'express'
import { fileTypeFromBuffer } from 'file-type'
import { CodedError } from '../../../common/errors.ts'
import type { DownloadChunk__Output } from '../../../protos/types/DownloadChunk.ts'
import { drained } from '../../shell/drained.ts'
import { pictureName } from '../../shell/picture-name.ts'
import { toCodedError } from '../participants.ts'
import { single } from './answers.ts'
import { CALL_MS, type HttpParts, TRANSFER_MS } from './context.ts'

/** Content types that are named as such; everything else is just bytes. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

/** GitHub's words for files of strangers; the style is for the page that a browser makes of a picture. */
const NOTHING_RUNS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

/** `GET /download/:file`: the bytes, as an attachment, from the first node that has them. */
export function downloadPicture({ participants }: HttpParts) {
  return async (request: Request, response: Response) => {
    const asked = askedFor(participants.names, request)
    await fromFirst(participants, asked, { request, response }, (first, type) => {
      response.attachment(asked.filename)
      response.set('content-type', SHOWN.has(type) ? type : 'application/octet-stream')
      response.set('content-length', String(first.size))
    })
  }
}

/**
 * `GET /picture/:file`: the bytes, to be shown in place; only what they prove to be an image. A browser
 * that has them is told so without their being read.
 */
export function showPicture({ participants }: HttpParts) {
  return async (request: Request, response: Response) => {
    const asked = askedFor(participants.names, request)
    response.set({
      'cache-control': 'no-cache',
      'content-security-policy': NOTHING_RUNS,
      'cross-origin-resource-policy': 'same-origin',
    })
    if (request.get('if-none-match') !== undefined) {
      const sha256 = await hashAtFirst(participants, asked)
      if (sha256 !== null) response.set('etag', tagOf(sha256))
      if (request.fresh) {
        response.status(304).end()
        return
      }
    }
    await fromFirst(participants, asked, { request, response }, (first, type) => {
      if (!SHOWN.has(type)) throw new CodedError('NOT_AN_IMAGE')
      response.set('etag', tagOf(first.sha256))
      response.set('content-type', type)
      response.set('content-length', String(first.size))
    })
  }
}

type Participants = HttpParts['participants']

interface Asked {
  readonly filename: string
  /** Whom to ask, one after the other. */
  readonly names: readonly string[]
}

function askedFor(names: readonly string[], request: Request): Asked {
  const filename = pictureName(request.params['file'])
  const node = single('node', request.query['node'])
  return { filename, names: node === null ? names : [node] }
}

function tagOf(sha256: Buffer): string {
  return `"${sha256.toString('base64url')}"`
}

/** null: nobody has it, or says so. */
async function hashAtFirst(participants: Participants, { filename, names }: Asked) {
  for (const name of names) {
    const answer = await participants
      .named(name)
      .unary('Search', { filename }, { deadlineMs: CALL_MS })
      .catch(() => null)
    if (answer?.found === true && answer.sha256.length > 0) return answer.sha256
  }
  return null
}

interface Exchange {
  readonly request: Request
  readonly response: Response
}

/** Sets the headers that the first bytes ask for. May throw CodedError: then the next node is asked. */
type Dress = (first: DownloadChunk__Output, type: string) => void

async function fromFirst(
  participants: Participants,
  { filename, names }: Asked,
  { request, response }: Exchange,
  dress: Dress,
): Promise<void> {
  let failure: CodedError | null = null
  for (const name of names) {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const stream = participants
      .named(name)
      .serverStream(
        'DownloadStream',
        { filename },
        { deadlineMs: TRANSFER_MS, signal: gone.signal },
      )
    try {
      const chunks = stream as AsyncIterable<DownloadChunk__Output>
      return await sendChunks(chunks, { request, response }, async (first) => {
        dress(first, (await fileTypeFromBuffer(first.data))?.mime ?? '')
        response.set('x-picture-node', name)
      })
    } catch (error) {
      if (response.headersSent) throw error
      const coded = toCodedError(error)
      if (coded.code !== 'PICTURE_NOT_FOUND') failure = coded
    } finally {
      stream.cancel()
    }
  }
  throw failure ?? new CodedError('FILE_NOT_FOUND')
}

async function sendChunks(
  chunks: AsyncIterable<DownloadChunk__Output>,
  { request, response }: Exchange,
  begin: (first: DownloadChunk__Output) => Promise<void>,
): Promise<void> {
  let first = true
  for await (const chunk of chunks) {
    if (first) await begin(chunk)
    first = false
    if (request.method === 'HEAD') break
    if (!response.write(chunk.data) && !response.destroyed) await drained(response, 'close')
    if (response.destroyed) return
  }
  response.end()
}
