import { randomUUID } from 'node:crypto'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { CodedError, messageOf } from '../../../common/errors.ts'
import { endWhenRead } from '../../../common/http/linger.ts'
import { checkNoForeignPage } from '../../../common/http/same-origin.ts'
import { about } from './about.ts'
import { errorBody } from './answers.ts'
import type { HttpParts } from './context.ts'
import { events } from './events.ts'
import {
  drain,
  health,
  listParticipants,
  listTransactions,
  livez,
  metrics,
  readyz,
  showTransaction,
} from './operations.ts'
import { downloadPicture, showPicture } from './picture-bytes.ts'
import { deletePicture, listPictures, searchPicture } from './pictures.ts'
import { runTransaction, upload } from './transactions.ts'

type Method = 'get' | 'post' | 'delete'

/** Every route: method, path, handler. */
function routes(parts: HttpParts): readonly (readonly [Method, string, RequestHandler])[] {
  return [
    ['delete', '/delete-2pc/:file', runTransaction(parts, 'delete')],
    ['post', '/like/:file', runTransaction(parts, 'like')],
    ['post', '/upload', upload(parts)],
    ['get', '/list', listPictures(parts)],
    ['get', '/search/:file', searchPicture(parts)],
    ['get', '/download/:file', downloadPicture(parts)],
    ['delete', '/delete/:file', deletePicture(parts)],
    ['get', '/health', health(parts)],
    ['get', '/livez', livez(parts)],
    ['get', '/readyz', readyz(parts)],
    ['get', '/metrics', metrics(parts)],
    ['get', '/transactions', listTransactions(parts)],
    ['get', '/transactions/:id', showTransaction(parts)],
    ['get', '/participants', listParticipants(parts)],
    ['get', '/drain', drain(parts)],
    ['get', '/events', events(parts)],
    ['get', '/about', about(parts)],
    ['get', '/picture/:file', showPicture(parts)],
    ['get', '/', page(parts)],
  ]
}

/** The coordinator's HTTP interface. */
export function httpApp(parts: HttpParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')
  app.use(identify(parts))
  app.use(refuseForeignPages)
  const table = routes(parts)
  for (const [method, path, handler] of table) app[method](path, handler)
  for (const path of new Set(table.map(([, each]) => each))) {
    const methods = table.filter(([, each]) => each === path).map(([method]) => method)
    const allowed = methods.flatMap((method) => (method === 'get' ? ['get', 'head'] : [method]))
    app.all(path, refuseMethod(allowed))
  }
  app.use(page(parts))
  app.use(onError(parts))
  return app
}

/** Before anything of the body is read: a form of another site's page can send one here. */
const refuseForeignPages: RequestHandler = ({ method, headers }, _response, next) => {
  if (method !== 'GET' && method !== 'HEAD') checkNoForeignPage(headers)
  next()
}

/** What belongs to the page, or the refusal of a path that is nothing's. */
function page({ pages }: HttpParts): RequestHandler {
  return (request, response, next) => pages(request, response, next)
}

/** A name for each request, taken from the client or made here, told back and logged. */
function identify({ log, metrics: { countRequest } }: HttpParts): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id') ?? ''
    const id = /^[\x21-\x7e]{1,128}$/.test(given) ? given : randomUUID()
    response.setHeader('x-request-id', id)
    response.setHeader('x-content-type-options', 'nosniff')
    const began = performance.now()
    response.once('finish', () => {
      const route = routeOf(request.route)
      countRequest(request.method, route, response.statusCode, (performance.now() - began) / 1000)
      log.debug(
        { requestId: id },
        `HTTP ${request.method} ${request.originalUrl} answered ${response.statusCode}`,
      )
    })
    next()
  }
}

/** The pattern, not the path: a metric must not grow with every name. */
function routeOf(route: unknown): string {
  return typeof route === 'object' && route !== null && 'path' in route
    ? String(route.path)
    : 'unknown'
}

function refuseMethod(allowed: readonly string[]): RequestHandler {
  return (_request, response) => {
    response.set('allow', allowed.map((method) => method.toUpperCase()).join(', '))
    throw new CodedError('METHOD_NOT_ALLOWED')
  }
}

function onError({ log }: HttpParts): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const coded = toCoded(error)
    const requestId = response.getHeader('x-request-id')
    if (coded.httpStatus >= 500 && coded.code === 'INTERNAL') {
      log.error({ err: error, requestId }, `HTTP ${request.method} failed: ${messageOf(error)}`)
    }
    if (response.headersSent) {
      response.destroy() // half an answer must not look like a whole one
      return
    }
    response.status(coded.httpStatus)
    if (request.complete) response.json(errorBody(response, coded))
    else refuseEarly(request, response, coded)
  }
}

/** A body that is not read to its end leaves a connection that cannot be used again. */
function refuseEarly(request: Request, response: Response, error: CodedError): void {
  const body = Buffer.from(JSON.stringify(errorBody(response, error)), 'utf8')
  response.set('connection', 'close').type('json').set('content-length', String(body.byteLength))
  response.write(body)
  // Who fell silent sends nothing that would have to be read.
  if (error.code === 'REQUEST_TIMEOUT') response.end()
  else endWhenRead(request, response)
}

/** Express refuses paths it cannot decode with an error that has a status of its own. */
function toCoded(error: unknown): CodedError {
  if (error instanceof CodedError) return error
  const status = error instanceof Error && 'status' in error ? error.status : 500
  return status === 400
    ? new CodedError('INVALID_ARGUMENT', 'the path is not valid percent-encoded UTF-8')
    : new CodedError('INTERNAL')
}
