import type { Request, Response } from 'express'
import type { HttpParts } from './context.ts'

/** `GET /about`: what pages need to know and does not change while the process runs. */
export function about({ node, participants, ...parts }: HttpParts) {
  return (_request: Request, response: Response) => {
    response.json({
      node,
      participants: participants.names,
      max_picture_bytes: parts.maxPictureBytes,
      vote_timeout_ms: parts.voteTimeoutMs,
      ack_timeout_ms: parts.ackTimeoutMs,
    })
  }
}
