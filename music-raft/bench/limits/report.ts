import type { Findings } from '../../../bench/findings.ts'
import { spreadOf } from '../../../bench/summary.ts'
import { PLACES } from '../system.ts'

/** The batch whose cost is spread over its records. */
export const BATCH = 64
/** Calls under way where CPU is measured. */
export const MANY = 256

/** Microseconds, but the batch. */
export interface Round {
  readonly forcedAlone: number
  readonly forcedPair: number
  readonly forcedAloneCpu: number
  readonly batch: number
  readonly batchCpu: number
  readonly unary: number
  readonly message: number
  readonly echoCpu: number
  readonly echoClientCpu: number
  readonly messageCpu: number
  readonly messageClientCpu: number
  readonly ours: number
  readonly oursCpu: number
  readonly oursBatch: number
}

const ROWS = [
  ['forcedAlone', 'forced write of one record of 150 bytes', 'µs, p50'],
  ['forcedPair', 'the same, two processes at once', 'µs, p50'],
  ['forcedAloneCpu', 'CPU of a forced write of one record', 'µs'],
  ['batch', `forced write of ${BATCH} records`, 'µs, p50'],
  ['batchCpu', `CPU of a forced write of ${BATCH} records`, 'µs'],
  ['unary', 'bare grpc-js call, there and back', 'µs, p50'],
  ['message', 'bare message on an open stream, there and back', 'µs, p50'],
  ['echoCpu', `CPU of a bare server a call, ${MANY} under way`, 'µs'],
  ['echoClientCpu', 'CPU of its client a call', 'µs'],
  ['messageCpu', `CPU of a bare server a message, ${MANY} under way`, 'µs'],
  ['messageClientCpu', 'CPU of its client a message', 'µs'],
  ['ours', 'music-raft: a write to the leader, 1 at a time', 'µs, p50'],
  ['oursCpu', `music-raft: CPU of five nodes a write, ${MANY} at a time`, 'µs'],
  ['oursBatch', `music-raft: entries a forced write of a node, ${MANY} at a time`, ''],
] as const

/** Latency of the parts one after the other: the leader writes while the followers do. */
export function latencyLimit({ forcedPair, unary, message }: Round): number {
  return forcedPair + unary + message
}

/** CPU of a bare call, and of its share of a batch on each of five disks. */
export function cpuLimit({ echoCpu, batchCpu }: Round): number {
  return echoCpu + (PLACES.length * batchCpu) / BATCH
}

export function reportLimits(findings: Findings, rounds: readonly Round[]): void {
  const spread = (of: (round: Round) => number, digits = 1) => spreadOf(rounds.map(of), digits)
  for (const [figure] of ROWS) {
    findings.figure(`limits.${figure}`, spread((round) => round[figure], 4).median)
  }
  const latency = 'limit of latency: two forced writes in parallel, one call, one message'
  const cpu = `limit of CPU: a bare call, and five shares of a forced write of ${BATCH}`
  findings.table({
    id: 'limits',
    title: 'the parts of a write, each measured alone in this run',
    columns: [{ title: 'what' }, { title: 'unit' }, { title: 'figure', spread: true }],
    rows: [
      ...ROWS.map(([figure, what, unit]) => [what, unit, spread((round) => round[figure])]),
      [latency, 'µs', spread(latencyLimit)],
      [cpu, 'µs', spread(cpuLimit)],
    ],
  })
  findings.goal('goals.limits.latency', {
    what: 'p50 at 1 at a time, of the sum of its parts',
    ratio: spread((round) => round.ours / latencyLimit(round), 3),
    target: 2,
    atMost: true,
  })
  findings.goal('goals.limits.cpu', {
    what: `CPU of the cluster at ${MANY} at a time, of a bare server and five disks`,
    ratio: spread((round) => round.oursCpu / cpuLimit(round), 3),
    target: 1.5,
    atMost: true,
  })
}
