import type { Request, Response } from 'express'
import { serveEvents } from '../../../common/event-stream/sse.ts'
import { single } from './answers.ts'
import type { HttpParts } from './context.ts'

/** `GET /events`: what happens here as it happens; `?cluster=1` adds what the participants tell. */
export function events({ watching }: HttpParts) {
  return (request: Request, response: Response) => {
    const cluster = single('cluster', request.query['cluster']) === '1'
    serveEvents(request, response, watching.feed(cluster))
  }
}
