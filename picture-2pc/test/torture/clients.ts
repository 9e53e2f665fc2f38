import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, PictureCluster } from '../cluster.ts'
import type { Kind } from '../crash-points.ts'
import type { Random } from '../simulation/random.ts'

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
/** What is unknown is asked again this often, with the same Idempotency-Key. */
const REPEATS = 2
let uploads = 0

/** Uploads, deletes and likes pictures at random until the signal, and hands in each attempt. */
export async function client(
  cluster: PictureCluster,
  filenames: readonly [string, ...string[]],
  random: Random,
  signal: AbortSignal,
  record: (attempt: Attempt) => void,
): Promise<void> {
  while (!signal.aborted) {
    const filename = random.pick(filenames)
    const kind = random.pick(['upload', 'upload', 'upload', 'delete', 'like', 'like'] as const)
    const repeats = random.chance(0.5) ? REPEATS : 0
    const attempt = await run(cluster, { kind, filename, repeats, size: sizeOf(random), signal })
    record(attempt)
    // Nobody there: a loop that does not wait would only burn the time of those who come back.
    await sleep(attempt.transactionId === null ? 100 : random.between(0, 20))
  }
}

/** Some are larger than one message. */
function sizeOf(random: Random): number {
  return random.chance(0.05) ? random.below(600_000) : random.below(2_000)
}

interface Asked {
  readonly kind: Kind
  readonly filename: string
  readonly repeats: number
  readonly size: number
  readonly signal: AbortSignal
}

async function run(cluster: PictureCluster, asked: Asked): Promise<Attempt> {
  const { kind, filename, repeats, size, signal } = asked
  uploads += 1
  const bytes = `bytes ${uploads} of ${filename} `.padEnd(size, '.')
  const began = performance.now()
  const key = repeats > 0 ? randomUUID() : null
  let answer: Answer | 'unsent' | null = null
  let outcome: Attempt['outcome'] = 'unknown'
  let begun = false
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    answer = await ask(cluster, { kind, filename, bytes, key }).catch((error: unknown) =>
      wasNotSent(error) ? 'unsent' : null,
    )
    outcome = outcomeOf(answer)
    // What was not sent this time may have been begun before.
    if (begun && !hasDecision(answer)) outcome = 'unknown'
    begun ||= outcome === 'unknown'
    if (outcome !== 'unknown' || signal.aborted) break
    await sleep(200)
  }
  const body = answer === 'unsent' || answer === null ? {} : answer.body
  const { transaction_id: id, likes } = body
  return {
    ...{ kind, filename, outcome, began, ended: performance.now() },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    transactionId: typeof id === 'string' ? id : null,
    likes: kind === 'like' && typeof likes === 'number' ? likes : null,
  }
}

function hasDecision(answer: Answer | 'unsent' | null): boolean {
  if (answer === 'unsent' || answer === null) return false
  return ['COMMITTED', 'ABORTED'].includes(String(answer.body['status']))
}

/** Only a complete answer says anything; codes are those under which nothing was begun. */
function outcomeOf(answer: Answer | 'unsent' | null): Attempt['outcome'] {
  if (answer === 'unsent') return 'refused'
  const status = answer?.body['status']
  if (answer?.status === 200 && status === 'COMMITTED') return 'acknowledged'
  if (answer?.status === 409 && status === 'ABORTED') return 'refused'
  const nothingBegun = ['OVERLOADED', 'DISK_FULL'].includes(String(answer?.body['code']))
  return nothingBegun ? 'refused' : 'unknown'
}

function wasNotSent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
}

interface Sent {
  readonly kind: Kind
  readonly filename: string
  readonly bytes: string
  readonly key: string | null
}

function ask(cluster: PictureCluster, { kind, filename, bytes, key }: Sent): Promise<Answer> {
  const headers: Record<string, string> = key === null ? {} : { 'idempotency-key': key }
  const init = { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }
  const path = encodeURIComponent(filename)
  if (kind === 'delete') return cluster.request('DELETE', `/delete-2pc/${path}`, init)
  if (kind === 'like') return cluster.request('POST', `/like/${path}`, init)
  const form = new FormData()
  form.set('file', new Blob([bytes]), filename)
  return cluster.request('POST', '/upload', { ...init, body: form })
}
