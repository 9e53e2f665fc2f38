import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CodedError } from '../../../common/errors.ts'
import { endWhenRead } from '../../../common/http/linger.ts'

export interface HttpAnswer {
  readonly status: number
  readonly body: string | object
  /** Of a body that is no JSON. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function problem(status: number, code: string, message: string): HttpAnswer {
  return { status, body: { code, message } }
}

export function refusal({ httpStatus, code, message }: CodedError): HttpAnswer {
  return problem(httpStatus, code, message)
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** An answer that is not taken for this long is given up. */
const UNTAKEN_MS = 30_000

/** Writes the whole answer; a body that is still coming is read on for a while, or the connection closed. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, body, type, headers }: HttpAnswer,
): void {
  if (response.headersSent || response.destroyed) return
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  const bodyHasCome = request.complete || !hasBody(request)
  response.setTimeout(UNTAKEN_MS, () => response.destroy())
  response.writeHead(status, {
    'content-type': type ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    ...(bodyHasCome ? {} : { connection: 'close' }),
    ...headers,
  })
  if (request.method !== 'HEAD') response.write(text)
  // Who fell silent sends nothing that would have to be read.
  if (bodyHasCome || status === 408) response.end()
  else endWhenRead(request, response)
}
