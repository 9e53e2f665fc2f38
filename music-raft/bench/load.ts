import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { build, type Histogram } from 'hdr-histogram-js'
import type { NodeChannels } from '../client/cluster.ts'
import { failureOf } from '../client/verdict.ts'
import type { BenchCluster } from './processes.ts'

const DEADLINE_MS = 30_000
const REPEAT_AFTER_MS = 50

/** What one run showed. */
export interface Figures {
  readonly concurrency: number
  readonly calls: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  /** CPU time of all five nodes, microseconds a call. */
  readonly cpuMicros: number
  /** CPU time of this load generator, microseconds a call. */
  readonly loadCpuMicros: number
}

/** One call, `index` counting the worker's. Rejects when it was not done. */
export type Call = (node: NodeChannels, worker: Worker, index: number) => Promise<void>

/** A sequential client: the next call follows the answer to the one before. */
export interface Worker {
  readonly clientId: string
  /** Makes the ids of its tracks its own. */
  readonly name: string
}

/**
 * AddTrack of about 150 bytes, answered without the head of the queue, exactly once, counted when acknowledged. An election on the way makes it
 * slower, as it would for any client that repeats its request.
 */
export const write: Call = async (node, worker, index) => {
  const until = performance.now() + DEADLINE_MS
  while (!(await tryWrite(node, worker, index))) {
    if (performance.now() > until) throw new Error(`no write was acknowledged in ${DEADLINE_MS} ms`)
    await sleep(REPEAT_AFTER_MS)
  }
}

/** False: nobody leads, or the outcome is unknown. Rejects when it is turned down for another reason. */
export async function tryWrite(
  { queue }: NodeChannels,
  { clientId, name }: Worker,
  index: number,
): Promise<boolean> {
  const track = {
    id: `${name}-${index}`,
    title: `A title of middling length, number ${index}`,
    artist: 'An artist with a name',
    duration: 180,
  }
  const metadata = { 'x-client-id': clientId, 'x-request-id': String(index), 'x-answer': 'brief' }
  try {
    const options = { deadlineMs: DEADLINE_MS, metadata }
    const { code, message } = await queue.unary('AddTrack', track, options)
    // A figure over writes that were turned down would say nothing.
    if (code !== 'APPLIED' && code !== 'NO_LEADER') throw new Error(`${track.id}: ${message}`)
    return code === 'APPLIED'
  } catch (error) {
    if (failureOf(error).verdict === 'refused') throw error
    return false
  }
}

/** A linearizable read of one track that is not there: the reading is measured, not the message. */
export const read: Call = async ({ queue }, _worker, index) => {
  await queue.unary('GetMetadata', { id: `absent-${index}` }, { deadlineMs: DEADLINE_MS })
}

/**
 * Calls for some seconds, `concurrency` at a time: all to `targets[0]`, or in turn to all of them.
 */
export async function measure(
  cluster: BenchCluster,
  targets: readonly NodeChannels[],
  call: Call,
  concurrency: number,
  seconds: number,
): Promise<Figures> {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000 })
  const cpuBefore = await cluster.cpuMicros()
  const ownBefore = process.cpuUsage()
  const began = performance.now()
  const until = began + seconds * 1000
  await Promise.all(
    Array.from({ length: concurrency }, (_, at) => work(targets, call, at, until, histogram)),
  )
  const took = (performance.now() - began) / 1000
  const own = process.cpuUsage(ownBefore)
  const calls = histogram.totalCount
  const cpuMicros = (await cluster.cpuMicros()) - cpuBefore
  return {
    concurrency,
    calls,
    perSecond: calls / took,
    p50Ms: histogram.getValueAtPercentile(50) / 1000,
    p99Ms: histogram.getValueAtPercentile(99) / 1000,
    p999Ms: histogram.getValueAtPercentile(99.9) / 1000,
    cpuMicros: cpuMicros / calls,
    loadCpuMicros: (own.user + own.system) / calls,
  }
}

async function work(
  targets: readonly NodeChannels[],
  call: Call,
  at: number,
  until: number,
  histogram: Histogram,
): Promise<void> {
  const clientId = randomUUID()
  const worker = { clientId, name: clientId.slice(0, 13) }
  for (let index = 1; ; index++) {
    const began = performance.now()
    if (began >= until) return
    const node = targets[(at + index) % targets.length]
    if (node === undefined) throw new Error('a load needs a target')
    await call(node, worker, index)
    histogram.recordValue(Math.max(1, Math.round((performance.now() - began) * 1000)))
  }
}
