import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import serveStatic from 'serve-static'
import { CodedError, messageOf } from '../errors.ts'

/** What a page may do: everything it needs comes from the process that serves it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const FORBIDDEN = [
  'camera',
  'display-capture',
  'geolocation',
  'microphone',
  'midi',
  'payment',
  'usb',
]

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': FORBIDDEN.map((feature) => `${feature}=()`).join(', '),
  // Not less: a browser would then hide the Origin of the page's own calls.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

/** The build puts the pages beside the compiled sources. */
const WEB = join(import.meta.dirname, '../../web')

/** Answers a GET or HEAD with a file of the page, or calls `otherwise` and has written nothing. */
export type Pages = (
  request: IncomingMessage,
  response: ServerResponse,
  otherwise: (error: CodedError) => void,
) => void

/** The built page of this name: `/` and what belongs to it. */
export function pages(name: 'raft' | 'pictures', web = WEB): Pages {
  const root = join(web, name)
  const serve = serveStatic(root, {
    ...{ index: 'index.html', dotfiles: 'ignore', redirect: false },
    ...{ acceptRanges: false, cacheControl: false },
    setHeaders: (response: ServerResponse, path: string) => {
      for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value)
      response.setHeader('cache-control', cacheControl(path.startsWith(join(root, 'assets/'))))
    },
  })
  return (request, response, otherwise) => {
    serve(request, response, (error: unknown) => {
      if (response.headersSent) response.destroy()
      else if (error !== undefined) otherwise(coded(error))
      else
        otherwise(new CodedError(request.url === '/' && !existsSync(root) ? 'NO_PAGE' : 'NO_ROUTE'))
    })
  }
}

/** Beside what the disk refuses there is only If-Match and the like. */
function coded(error: unknown): CodedError {
  const failed = error instanceof Error && 'status' in error && error.status === 412
  return failed
    ? new CodedError('INVALID_ARGUMENT', 'the precondition does not hold')
    : new CodedError('INTERNAL', messageOf(error))
}

/** A name with a hash in it never means other bytes; the page itself is asked for each time. */
function cacheControl(isHashed: boolean): string {
  return isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
}
