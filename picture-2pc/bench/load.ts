import { build, type Histogram } from 'hdr-histogram-js'
import { Pool } from 'undici'
import { createLogger } from '../../common/logger.ts'
import { createClient } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import { pictureService } from '../shell/wire.ts'
import type { BenchCluster, Usage } from './processes.ts'

const PICTURE = Buffer.alloc(10 * 1024, 7)

/** What one run at one concurrency showed. */
export interface Figures {
  readonly concurrency: number
  readonly transactions: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU time of the four processes, microseconds a transaction. */
  readonly cpuMicros: number
  readonly coordinatorCpuMicros: number
  /** CPU time of this load generator, microseconds a transaction. */
  readonly loadCpuMicros: number
  readonly coordinatorForced: number
  readonly participantForced: number
}

/** Puts pictures on all three participants, without transactions, at what pace they take them. */
export async function preload(cluster: BenchCluster, names: readonly string[]): Promise<void> {
  const { log } = createLogger({ node: 'bench', level: 'silent', format: 'json' })
  await Promise.all(
    cluster.participants.map(async (address) => {
      const identity = { log, node: 'bench', peer: address, wording: plainWording }
      const client = createClient(pictureService, address, identity)
      await forEach(names, 32, async (filename) => {
        await client.unary('Upload', { filename, data: PICTURE }, { deadlineMs: 20_000 })
      })
      client.close()
    }),
  )
}

/** Deletes each picture by two-phase commit, `concurrency` at a time, and measures. */
export async function deleteAll(
  cluster: BenchCluster,
  names: readonly string[],
  concurrency: number,
): Promise<Figures> {
  const pool = new Pool(cluster.url, { connections: concurrency, pipelining: 1 })
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000_000 })
  const before = await cluster.usage()
  const ownBefore = process.cpuUsage()
  const began = performance.now()
  await forEach(names, concurrency, (name) => timedDelete(pool, name, histogram))
  const seconds = (performance.now() - began) / 1000
  const own = process.cpuUsage(ownBefore)
  const after = await cluster.usage()
  await pool.close()
  const each = (figure: keyof Usage) => (after[figure] - before[figure]) / names.length
  return {
    concurrency,
    transactions: names.length,
    perSecond: names.length / seconds,
    p50Ms: histogram.getValueAtPercentile(50) / 1000,
    p99Ms: histogram.getValueAtPercentile(99) / 1000,
    cpuMicros: each('cpuMicros'),
    coordinatorCpuMicros: each('coordinatorCpuMicros'),
    loadCpuMicros: (own.user + own.system) / names.length,
    coordinatorForced: each('coordinatorForced'),
    participantForced: each('participantForced'),
  }
}

async function timedDelete(pool: Pool, name: string, histogram: Histogram): Promise<void> {
  const began = performance.now()
  const { statusCode, body } = await pool.request({ method: 'DELETE', path: `/delete-2pc/${name}` })
  const text = await body.text()
  // A figure over transactions that did not commit would say nothing.
  if (statusCode !== 200) throw new Error(`${name}: ${statusCode} ${text}`)
  histogram.recordValue(Math.max(1, Math.round((performance.now() - began) * 1000)))
}

/** Works through a list with a number of workers. */
export async function forEach<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let at = next++; at < items.length; at = next++) {
        const item = items[at]
        if (item !== undefined) await work(item)
      }
    }),
  )
}
