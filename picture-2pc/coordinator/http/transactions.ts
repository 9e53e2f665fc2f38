import { randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import { CodedError } from '../../../common/errors.ts'
import type { StageChunk } from '../../../protos/types/StageChunk.ts'
import type { UploadChunk } from '../../../protos/types/UploadChunk.ts'
import type { Operation, TransactionId } from '../../protocol/messages.ts'
import { pictureName } from '../../shell/picture-name.ts'
import { FanOut } from '../fan-out.ts'
import { toCodedError } from '../participants.ts'
import { answerOutcome, several } from './answers.ts'
import { type HttpParts, TRANSFER_MS } from './context.ts'
import { type BodyLimits, receiveFile } from './receive-file.ts'

const LAST = { complete: true } as const

/**
 * The bytes wait this long for a channel that reconnects, longer than its back-off: a node that has
 * just come back must not look as if it had refused them. Who is down still is left behind.
 */
const RECONNECT_MS = 1500

/** Uploads under way at a time; each holds a few chunks in memory. */
const MAX_UPLOADS = 128
/** Added to the pause that a body may make, for every other upload under way. */
const PAUSE_PER_UPLOAD_MS = 500

/** `DELETE /delete-2pc/:file` and `POST /like/:file`: one transaction on all participants. */
export function runTransaction(parts: HttpParts, kind: 'delete' | 'like') {
  return async (request: Request, response: Response) => {
    const filename = pictureName(request.params['file'])
    const fingerprint = `${kind} ${filename}`
    const key = idempotencyKey(request)
    const outcome = await parts.keys.once(
      key,
      () => Promise.resolve(fingerprint),
      async () => {
        const requestKey = key === null ? null : { key, fingerprint }
        const id = parts.driver.newTransactionId()
        return {
          fingerprint,
          outcome: await parts.driver.transact(id, filename, { kind }, requestKey),
        }
      },
    )
    const success = outcome.decision === 'commit'
    answerOutcome(response, outcome, kind === 'like' ? { success, likes: outcome.likes } : {})
  }
}

/** `POST /upload`: to all participants as one transaction, or to each `?node=` alone, without one. */
export function upload(parts: HttpParts) {
  const places = new Places(MAX_UPLOADS)
  // The more uploads share this machine, the longer one of them may have to wait for its turn.
  const pauseMs = () => parts.bodyIdleMs + PAUSE_PER_UPLOAD_MS * (places.taken - 1)
  const patient = { ...parts, pauseMs }
  return async (request: Request, response: Response) => {
    const nodes = several('node', request.query['node'])
    await places.hold(() =>
      nodes.length === 0
        ? uploadToAll(patient, request, response)
        : uploadToChosen(patient, nodes, request, response),
    )
  }
}

type UploadParts = HttpParts & BodyLimits

async function uploadToAll(
  parts: UploadParts,
  request: Request,
  response: Response,
): Promise<void> {
  if (parts.driver.stopping) throw new CodedError('STOPPING')
  const key = idempotencyKey(request)
  const names: string[] = []
  const digest = async () => {
    const { filename, sha256 } = await receiveFile(request, response, parts, () => nowhere())
    names.push(filename)
    return `upload ${filename} ${sha256}`
  }
  const outcome = await parts.keys.once(key, digest, async () => {
    const id = parts.driver.newTransactionId()
    await parts.participants.ready(RECONNECT_MS)
    const file = await receiveFile(request, response, parts, () => stageEverywhere(parts, id))
    const { filename, size, sha256 } = file
    names.push(filename)
    // Who cannot force its bytes within a vote's time would not force its vote within it.
    await file.fan.finish(parts.voteTimeoutMs)
    const fingerprint = `upload ${filename} ${sha256}`
    const operation: Operation = { kind: 'upload', size, sha256, uploadTime: Date.now() }
    const requestKey = key === null ? null : { key, fingerprint }
    return {
      fingerprint,
      outcome: await parts.driver.transact(id, filename, operation, requestKey),
    }
  })
  const success = outcome.decision === 'commit'
  answerOutcome(response, outcome, { success, filename: names[0] ?? outcome.filename })
}

/** Brings the bytes to every participant before the vote; who does not get them will vote no. */
function stageEverywhere({ node, participants }: HttpParts, id: TransactionId): FanOut<StageChunk> {
  const sinks = participants.names.map((name) =>
    participants.named(name).clientStream('Stage', { deadlineMs: TRANSFER_MS }),
  )
  const header = { header: { transactionId: id, coordinatorId: node } }
  return new FanOut<StageChunk>(sinks, header, (data) => ({ data }), LAST)
}

/** A repeated request's bytes are only compared. */
function nowhere(): FanOut<StageChunk> {
  return new FanOut<StageChunk>([], {}, (data) => ({ data }), LAST)
}

async function uploadToChosen(
  parts: UploadParts,
  nodes: readonly string[],
  request: Request,
  response: Response,
): Promise<void> {
  const clients = nodes.map((node) => parts.participants.named(node))
  await Promise.all(clients.map((client) => client.ready(RECONNECT_MS)))
  const { filename, fan } = await receiveFile(request, response, parts, (filename) => {
    const deadline = { deadlineMs: TRANSFER_MS }
    const sinks = clients.map((client) => client.clientStream('UploadStream', deadline))
    return new FanOut<UploadChunk>(sinks, { filename }, (data) => ({ data }), LAST)
  })
  const results = await fan.finish(parts.voteTimeoutMs)
  const errors = results.map((result) =>
    result.status === 'fulfilled' ? null : toCodedError(result.reason),
  )
  const failed = errors.find((error) => error !== null)
  const [node] = nodes
  if (nodes.length === 1) {
    if (failed !== undefined) throw failed
    response.json({ success: true, filename, node })
    return
  }
  response.status(failed?.httpStatus ?? 200).json({
    success: failed === undefined,
    filename,
    nodes: nodes.map((name, index) => {
      const error = errors[index] ?? null
      return { node: name, stored: error === null, ...(error === null ? {} : { code: error.code }) }
    }),
  })
}

/** A client's key for a request that it may repeat. Throws CodedError INVALID_ARGUMENT. */
function idempotencyKey(request: Request): string | null {
  const key = request.get('idempotency-key')
  if (key === undefined) return null
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new CodedError(
    'INVALID_ARGUMENT',
    `Idempotency-Key is 1 to 255 visible ASCII characters, for example ${randomUUID()}`,
  )
}

/** A bounded number of something at a time; what comes beyond is refused at once. */
class Places {
  readonly #most: number
  #free: number

  constructor(most: number) {
    this.#most = most
    this.#free = most
  }

  get taken(): number {
    return this.#most - this.#free
  }

  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) throw new CodedError('OVERLOADED')
    this.#free -= 1
    try {
      return await work()
    } finally {
      this.#free += 1
    }
  }
}
