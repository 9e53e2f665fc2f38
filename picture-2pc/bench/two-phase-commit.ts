import { writeFile } from 'node:fs/promises'
import { machine, median } from '../../bench/machine.ts'
import { deleteAll, type Figures, preload } from './load.ts'
import { benchMemory } from './memory.ts'
import { BenchCluster } from './processes.ts'

const CONCURRENCIES = [1, 8, 32, 128]
/** A first guess at the pace, to make a run last about as long as asked. */
const EXPECTED_PER_SECOND: Readonly<Record<number, number>> = { 1: 300, 8: 700, 32: 900, 128: 900 }

export interface BenchOptions {
  readonly seconds: number
  readonly rounds: number
  readonly memory: boolean
  /** File for the figures as JSON; empty: none. */
  readonly out: string
}

/** `npm run bench -- 2pc`. */
export async function benchTwoPhaseCommit(options: BenchOptions): Promise<void> {
  const { seconds, rounds, memory, out } = options
  const where = machine()
  console.log(
    `Node ${where.node}, ${where.cores} cores (${where.cpu}), ${where.memoryGiB} GiB, commit ${where.commit}`,
  )
  const cluster = await BenchCluster.start()
  try {
    const results = memory
      ? await benchMemory(cluster)
      : await benchDeletes(cluster, seconds, rounds)
    if (out !== '')
      await writeFile(out, `${JSON.stringify({ machine: where, results }, null, 2)}\n`)
  } finally {
    await cluster.stop()
  }
}

async function benchDeletes(cluster: BenchCluster, seconds: number, rounds: number) {
  console.log(
    'DELETE /delete-2pc, 10 KiB pictures on three participants; CPU of all four processes',
  )
  const runs: Figures[] = []
  await run(cluster, 32, 2, 'warm') // compiled code, open connections
  for (let round = 1; round <= rounds; round++) {
    for (const concurrency of CONCURRENCIES) {
      runs.push(await run(cluster, concurrency, seconds, `r${round}`))
    }
  }
  const summary = CONCURRENCIES.map((concurrency) =>
    middle(runs.filter((each) => each.concurrency === concurrency)),
  )
  console.table(summary)
  return { summary, runs }
}

async function run(
  cluster: BenchCluster,
  concurrency: number,
  seconds: number,
  label: string,
): Promise<Figures> {
  const count = Math.round((EXPECTED_PER_SECOND[concurrency] ?? 500) * seconds)
  const names = Array.from({ length: count }, (_, index) => `${label}-${concurrency}-${index}.png`)
  await preload(cluster, names)
  return deleteAll(cluster, names, concurrency)
}

function middle(runs: readonly Figures[]) {
  const of = (figure: keyof Figures, digits: number) =>
    Number(median(runs.map((each) => each[figure])).toFixed(digits))
  return {
    concurrency: of('concurrency', 0),
    'transactions/s': of('perSecond', 0),
    'p50 ms': of('p50Ms', 2),
    'p99 ms': of('p99Ms', 2),
    'CPU µs/tx': of('cpuMicros', 0),
    'coordinator CPU µs/tx': of('coordinatorCpuMicros', 0),
    'load CPU µs/tx': of('loadCpuMicros', 0),
    'forced writes/tx, coordinator': of('coordinatorForced', 2),
    'each participant': of('participantForced', 2),
  }
}
