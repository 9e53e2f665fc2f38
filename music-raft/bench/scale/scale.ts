import { setTimeout as sleep } from 'node:timers/promises'
import { cpuMicrosOf } from '../../../bench/processes.ts'
import { progress } from '../../../bench/progress.ts'
import type { Spread } from '../../../bench/summary.ts'
import { eventually } from '../../../test/child.ts'
import { type Context, counted, timed } from '../context.ts'
import type { Operation } from '../load/client.ts'
import { type Figures, LoadPool } from '../load/pool.ts'
import { residentMebibytes } from '../memory.ts'
import type { MusicRaft } from '../music-raft.ts'
import { reportScale } from './report.ts'
import { type Restarts, restarts } from './restarts.ts'

const FIRST = 1000
const STEP = 10
const CONCURRENCY = 64
const FILL_CONCURRENCY = 1024
/**
 * The last ones before a size is reached are measured, so many at most: enough that a snapshot or a
 * collection of a large heap, which come now and then, count as often as they come.
 */
const MEASURED_ADDS = 200_000
const WARM_CALLS = 10_000
const QUICK_WARM_CALLS = 3000
const IDLE_MS = 500
/** Of one core, all nodes together. */
const IDLE_SHARE = 0.15

/** What was measured with so many tracks queued. */
export interface ScaleRow {
  readonly tracks: number
  /** Streamed: all that were added since the size before, snapshots and all. */
  readonly fill: Figures
  readonly add: Figures
  readonly vote: Figures
  readonly read: Figures
  readonly voteAlone: Figures
  readonly mebibytes: Spread
  readonly restarts: Restarts
}

/** Cost of a call, memory, snapshots and restarts while the queue grows tenfold again and again. */
export async function benchScale(context: Context, ours: MusicRaft, most: number): Promise<void> {
  await warm(context, ours)
  const rows: ScaleRow[] = []
  let tracks = 0
  for (let size = FIRST; size <= most; size *= STEP) {
    const measured = Math.min(MEASURED_ADDS, (size - tracks) / 2)
    progress(`scale: filling up to ${size} tracks`)
    const rest = size - tracks - measured
    const fill = await calls(context, ours, 'streamed', FILL_CONCURRENCY, rest)
    await idle(ours)
    const add = await calls(context, ours, 'write', CONCURRENCY, measured)
    tracks = size
    await idle(ours)
    progress(`scale: measuring at ${size} tracks`)
    const vote = await forAWhile(context, ours, 'overwrite', CONCURRENCY)
    const read = await forAWhile(context, ours, 'read', CONCURRENCY)
    const voteAlone = await forAWhile(context, ours, 'overwrite', 1)
    const mebibytes = residentMebibytes(ours)
    progress(`scale: restarts at ${size} tracks`)
    const restarted = await restarts(context, ours)
    rows.push({ tracks, fill, add, vote, read, voteAlone, mebibytes, restarts: restarted })
  }
  progress('')
  reportScale(context.findings, rows)
}

/** A snapshot that is still being taken would be counted to the calls that are measured. */
async function idle(ours: MusicRaft): Promise<void> {
  let before = cpuMicrosOf(ours.pids())
  await eventually(
    'the nodes are idle',
    async () => {
      await sleep(IDLE_MS)
      const now = cpuMicrosOf(ours.pids())
      const share = (now - before) / (IDLE_MS * 1000)
      before = now
      return share < IDLE_SHARE
    },
    120_000,
  )
}

/** Compiled code on all nodes, and a queue as empty as before but for the track that is read. */
async function warm(context: Context, ours: MusicRaft): Promise<void> {
  const pool = new LoadPool()
  const count = context.quick ? QUICK_WARM_CALLS : WARM_CALLS
  try {
    const own = { ...context, pool }
    for (const operation of [
      'write',
      'overwrite',
      'play',
      'streamed',
      'play',
      'prepare',
      'read',
    ] as const) {
      await calls(own, ours, operation, CONCURRENCY, operation === 'prepare' ? 1 : count)
    }
  } finally {
    await pool.stop()
  }
}

async function calls(
  context: Context,
  ours: MusicRaft,
  operation: Operation,
  concurrency: number,
  count: number,
): Promise<Figures> {
  const targets = [await ours.settled()]
  const load = { operation, targets, concurrency }
  return counted(context, `scale, ${operation}s`, ours, load, count)
}

async function forAWhile(
  context: Context,
  ours: MusicRaft,
  operation: Operation,
  concurrency: number,
): Promise<Figures> {
  const targets = [await ours.settled()]
  return timed(context, `scale, ${operation}s`, ours, { operation, targets, concurrency })
}
