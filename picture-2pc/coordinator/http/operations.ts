import type { Request, Response } from 'express'
import { CodedError } from '../../../common/errors.ts'
import { single, viewBody } from './answers.ts'
import { CALL_MS, type HttpParts } from './context.ts'

const ANSWER_WITHIN_MS = 2000
const MAX_LISTED = 1000

/** `GET /livez`: the loop turns and the disk answers. Depends on no other process. */
export function livez({ driver, checkDisk }: HttpParts) {
  return async (_request: Request, response: Response) => {
    const late = new Promise<'late'>((resolve) => {
      setTimeout(() => resolve('late'), ANSWER_WITHIN_MS).unref()
    })
    const alive = Promise.all([driver.read(() => null), checkDisk()])
    const result = await Promise.race([alive, late]).catch(() => 'late')
    if (result === 'late') response.status(503).json({ status: 'the loop or the disk is stuck' })
    else response.json({ status: 'live' })
  }
}

/** `GET /readyz`: whether a transaction begun now could commit. */
export function readyz({ driver, participants }: HttpParts) {
  return (_request: Request, response: Response) => {
    const nodes = participants.connected()
    const ready =
      !driver.stopping && driver.enoughSpace && nodes.every(([, connected]) => connected)
    response.status(ready ? 200 : 503).json({
      ready,
      stopping: driver.stopping,
      disk_full: !driver.enoughSpace,
      participants: Object.fromEntries(
        nodes.map(([name, connected]) => [name, connected ? 'connected' : 'not connected']),
      ),
    })
  }
}

/** `GET /health`: as the original answered it. */
export function health({ node }: HttpParts) {
  return (_request: Request, response: Response) => {
    response.json({ status: 'healthy', node })
  }
}

/** `GET /metrics`: Prometheus text. */
export function metrics(parts: HttpParts) {
  return async (_request: Request, response: Response) => {
    response.set('content-type', parts.metrics.contentType)
    response.send(await parts.metrics.text())
  }
}

/** `GET /transactions`: newest first; `?limit=`, at most 1,000. */
export function listTransactions({ history, participants }: HttpParts) {
  return (request: Request, response: Response) => {
    const text = single('limit', request.query['limit']) ?? '100'
    const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
    if (limit < 1 || limit > MAX_LISTED) {
      throw new CodedError('INVALID_ARGUMENT', `limit is a whole number from 1 to ${MAX_LISTED}`)
    }
    const views = history.latest(limit)
    response.json({ transactions: views.map((view) => viewBody(view, participants.names)) })
  }
}

/** `GET /transactions/:id`: votes, decision, acknowledgements and their times. */
export function showTransaction({ history, participants }: HttpParts) {
  return (request: Request, response: Response) => {
    const view = history.get(String(request.params['id']))
    if (view === undefined) throw new CodedError('TRANSACTION_NOT_FOUND')
    response.json(viewBody(view, participants.names))
  }
}

/**
 * `GET /drain`: whether nodes may be taken away for good; 409 while a transaction is under way, a commit
 * is not delivered or a participant is in doubt, or cannot be asked.
 */
export function drain({ driver, participants }: HttpParts) {
  return async (_request: Request, response: Response) => {
    const { answers } = await participants.askAll((client) =>
      client.unary('Status', {}, { deadlineMs: CALL_MS }),
    )
    // Asked after the participants: what ended there meanwhile is still open here.
    const { open, committing } = await driver.read(({ open, committing }) => ({ open, committing }))
    const reached = new Map(answers)
    const nodes = participants.names.map((node) => {
      const status = reached.get(node)
      return { node, reachable: status !== undefined, in_doubt: status?.inDoubtTotal ?? null }
    })
    const removable = open + committing === 0 && nodes.every(({ in_doubt }) => in_doubt === 0)
    response
      .status(removable ? 200 : 409)
      .json({ removable, open, committing, participants: nodes })
  }
}

/** `GET /participants`: what each one holds, and what it is in doubt about. */
export function listParticipants({ participants }: HttpParts) {
  return async (_request: Request, response: Response) => {
    const { answers, unreachable } = await participants.askAll((client) =>
      client.unary('Status', {}, { deadlineMs: CALL_MS }),
    )
    const reached = new Map(answers)
    response.json({
      participants: participants.names.map((node) => {
        const status = reached.get(node)
        if (status === undefined) return { node, reachable: !unreachable.includes(node) }
        return {
          node,
          reachable: true,
          pictures: status.pictures,
          disk_full: status.diskFull,
          in_doubt_total: status.inDoubtTotal,
          in_doubt: status.inDoubt.map((doubt) => ({
            transaction_id: doubt.transactionId,
            coordinator: doubt.coordinatorId,
            filename: doubt.filename,
            operation: doubt.operation.toLowerCase(),
            prepared_at: new Date(doubt.preparedAt).toISOString(),
          })),
          forced_writes: status.forcedWrites,
          cpu_micros: status.cpuMicros,
          resident_bytes: status.residentBytes,
        }
      }),
    })
  }
}
