import { writeFile } from 'node:fs/promises'
import { machine, median } from '../../bench/machine.ts'
import { benchFailover } from './failover.ts'
import { type Call, type Figures, measure, read, write } from './load.ts'
import { benchMemory } from './memory.ts'
import { BenchCluster, SHIPPED_TIMERS, type Timers } from './processes.ts'

const CONCURRENCIES = [1, 16, 64, 256, 1024]
const FAILOVERS = 5
const SHORT_TIMERS: Timers = { heartbeatMs: 100, electionMinMs: 300, electionMaxMs: 600 }

export interface BenchOptions {
  readonly seconds: number
  readonly rounds: number
  /** `all` but memory, or one part alone. */
  readonly part: 'all' | 'writes' | 'reads' | 'failover' | 'memory'
  /** How far the queue grows for `memory`. */
  readonly tracks: number
  /** File for the figures as JSON; empty: none. */
  readonly out: string
}

/** `npm run bench -- raft`. */
export async function benchRaft(options: BenchOptions): Promise<void> {
  const where = machine()
  console.log(
    `Node ${where.node}, ${where.cores} cores (${where.cpu}), ${where.memoryGiB} GiB, commit ${where.commit}`,
  )
  console.log('five nodes as shipped, logging to files; one client process; CPU of all five nodes')
  const results: Record<string, unknown> = {}
  const wants = (part: BenchOptions['part']) =>
    options.part === part || (options.part === 'all' && part !== 'memory')
  if (wants('writes')) results['writes'] = await withCluster((all) => benchWrites(all, options))
  if (wants('reads')) results['reads'] = await withCluster((all) => benchReads(all, options))
  if (wants('failover')) results['failover'] = await benchFailovers()
  if (wants('memory'))
    results['memory'] = await withCluster((all) => benchMemory(all, options.tracks))
  const { out } = options
  if (out !== '') await writeFile(out, `${JSON.stringify({ machine: where, results }, null, 2)}\n`)
}

async function withCluster<T>(bench: (cluster: BenchCluster) => Promise<T>): Promise<T> {
  const cluster = await BenchCluster.start(SHIPPED_TIMERS)
  try {
    return await bench(cluster)
  } finally {
    await cluster.stop()
  }
}

async function benchWrites(cluster: BenchCluster, options: BenchOptions) {
  console.log('AddTrack, acknowledged after commit')
  return {
    leader: await series(cluster, 'leader', write, options),
    roundRobin: await series(cluster, 'round robin', write, options),
  }
}

async function benchReads(cluster: BenchCluster, options: BenchOptions) {
  console.log('GetMetadata, linearizable')
  return {
    leader: await series(cluster, 'leader', read, options),
    roundRobin: await series(cluster, 'round robin', read, options),
  }
}

async function series(
  cluster: BenchCluster,
  to: 'leader' | 'round robin',
  call: Call,
  { seconds, rounds }: BenchOptions,
) {
  const targets = async () => {
    const leader = await cluster.settled()
    return to === 'leader' ? [cluster.channels.at(leader - 1)] : cluster.channels.nodes
  }
  const runs: Figures[] = []
  await measure(cluster, await targets(), call, 64, 2) // compiled code, open connections
  for (let round = 1; round <= rounds; round++) {
    for (const concurrency of CONCURRENCIES) {
      runs.push(await measure(cluster, await targets(), call, concurrency, seconds))
    }
  }
  const summary = CONCURRENCIES.map((concurrency) =>
    middle(runs.filter((each) => each.concurrency === concurrency)),
  )
  console.log(`to ${to}:`)
  console.table(summary)
  return { summary, runs }
}

function middle(runs: readonly Figures[]) {
  const of = (figure: keyof Figures, digits: number) =>
    Number(median(runs.map((each) => each[figure])).toFixed(digits))
  return {
    concurrency: of('concurrency', 0),
    'calls/s': of('perSecond', 0),
    'p50 ms': of('p50Ms', 2),
    'p99 ms': of('p99Ms', 2),
    'p999 ms': of('p999Ms', 2),
    'CPU µs/call, 5 nodes': of('cpuMicros', 0),
    'load CPU µs/call': of('loadCpuMicros', 0),
  }
}

async function benchFailovers() {
  console.log('kill -9 of the leader to the first acknowledged write, ms')
  const rows = []
  for (const timers of [SHIPPED_TIMERS, SHORT_TIMERS]) {
    const all = await benchFailover(timers, FAILOVERS)
    const { heartbeatMs, electionMinMs, electionMaxMs } = timers
    rows.push({
      'heartbeat ms': heartbeatMs,
      'election timeout ms': `${electionMinMs}–${electionMaxMs}`,
      'median ms': median(all),
      all: all.join(' '),
    })
  }
  console.table(rows)
  return rows
}
