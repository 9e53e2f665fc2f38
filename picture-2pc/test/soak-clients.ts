import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, PictureCluster } from './cluster.ts'
import type { Kind } from './crash-points.ts'
import type { Random } from './soak-random.ts'

/** One request of a client, and what it was told. Times of this process's clock, milliseconds. */
export interface Attempt {
  readonly kind: Kind
  readonly filename: string
  /** Of the bytes uploaded; each upload has bytes of its own. */
  readonly sha256: string
  readonly began: number
  readonly ended: number
  /** Acknowledged: committed. Refused: aborted, or never begun. Unknown: it may still take effect. */
  readonly outcome: 'acknowledged' | 'refused' | 'unknown'
  readonly transactionId: string | null
  readonly likes: number | null
}

const TIMEOUT_MS = 8000
let uploads = 0

/** Uploads, deletes and likes pictures at random until the signal. */
export async function client(
  cluster: PictureCluster,
  filenames: readonly string[],
  random: Random,
  signal: AbortSignal,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = []
  while (!signal.aborted) {
    const filename = random.pick(filenames)
    const kind = random.pick(['upload', 'upload', 'delete', 'like', 'like'] as const)
    const attempt = await run(cluster, kind, filename)
    attempts.push(attempt)
    // Nobody there: a loop that does not wait would only burn the time of those who come back.
    await sleep(attempt.transactionId === null ? 100 : random.between(0, 20))
  }
  return attempts
}

async function run(cluster: PictureCluster, kind: Kind, filename: string): Promise<Attempt> {
  uploads += 1
  const bytes = `bytes ${uploads} of ${filename}`
  const began = performance.now()
  const answer = await ask(cluster, kind, filename, bytes).catch((error: unknown) =>
    wasNotSent(error) ? 'unsent' : null,
  )
  const { status, transaction_id: id, likes } = answer === 'unsent' ? {} : (answer?.body ?? {})
  return {
    ...{ kind, filename, began, ended: performance.now() },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    outcome: outcomeOf(answer, status),
    transactionId: typeof id === 'string' ? id : null,
    likes: kind === 'like' && typeof likes === 'number' ? likes : null,
  }
}

/** Only a complete answer says anything; codes are those under which nothing was begun. */
function outcomeOf(answer: Answer | 'unsent' | null, status: unknown): Attempt['outcome'] {
  if (answer === 'unsent') return 'refused'
  if (answer?.status === 200 && status === 'COMMITTED') return 'acknowledged'
  if (answer?.status === 409 && status === 'ABORTED') return 'refused'
  return answer?.status === 503 && answer.body['code'] === 'OVERLOADED' ? 'refused' : 'unknown'
}

function wasNotSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

function ask(
  cluster: PictureCluster,
  kind: Kind,
  filename: string,
  bytes: string,
): Promise<Answer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const path = encodeURIComponent(filename)
  if (kind === 'delete') return cluster.request('DELETE', `/delete-2pc/${path}`, { signal })
  if (kind === 'like') return cluster.request('POST', `/like/${path}`, { signal })
  const form = new FormData()
  form.set('file', new Blob([bytes]), filename)
  return cluster.request('POST', '/upload', { body: form, signal })
}
