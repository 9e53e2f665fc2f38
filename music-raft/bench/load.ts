import { randomUUID } from 'node:crypto'
import { build, type Histogram } from 'hdr-histogram-js'
import { cpuMicrosOf } from '../../bench/processes.ts'
import type { System, Worker } from './system.ts'

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

/**
 * Calls for some seconds, `concurrency` at a time: all to `targets[0]`, or in turn to all of them.
 */
export async function measure(
  system: System,
  targets: readonly number[],
  operation: 'write' | 'read',
  concurrency: number,
  seconds: number,
): Promise<Figures> {
  const histogram = build({ lowestDiscernibleValue: 1, highestTrackableValue: 120_000_000 })
  const cpuBefore = cpuMicrosOf(system.pids())
  const ownBefore = process.cpuUsage()
  const began = performance.now()
  const until = began + seconds * 1000
  await Promise.all(
    Array.from({ length: concurrency }, (_, at) =>
      work(system, targets, operation, at, until, histogram),
    ),
  )
  const took = (performance.now() - began) / 1000
  const own = process.cpuUsage(ownBefore)
  const calls = histogram.totalCount
  const cpuMicros = cpuMicrosOf(system.pids()) - cpuBefore
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
  system: System,
  targets: readonly number[],
  operation: 'write' | 'read',
  at: number,
  until: number,
  histogram: Histogram,
): Promise<void> {
  const clientId = randomUUID()
  const worker: Worker = { clientId, name: clientId.slice(0, 13) }
  for (let index = 1; ; index++) {
    const began = performance.now()
    if (began >= until) return
    const node = targets[(at + index) % targets.length]
    if (node === undefined) throw new Error('a load needs a target')
    await system[operation](node, worker, index)
    histogram.recordValue(Math.max(1, Math.round((performance.now() - began) * 1000)))
  }
}
