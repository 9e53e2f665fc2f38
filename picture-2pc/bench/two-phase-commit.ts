import { writeFile } from 'node:fs/promises'
import { machine } from '../../bench/machine.ts'
import { benchDeletes } from './deletes.ts'
import { benchMemory } from './memory.ts'
import { Postgres } from './postgres/postgres.ts'
import { BenchCluster } from './processes.ts'
import type { PictureSystem } from './system.ts'

export interface BenchOptions {
  readonly seconds: number
  readonly rounds: number
  readonly concurrencies: readonly number[]
  readonly part: 'deletes' | 'memory'
  /** Also measures PostgreSQL, in turn with ours. */
  readonly versus: boolean
  /** File for the figures as JSON; empty: none. */
  readonly out: string
}

/** `npm run bench -- 2pc`. */
export async function benchTwoPhaseCommit(options: BenchOptions): Promise<void> {
  const { seconds, rounds, part, versus, out } = options
  const where = machine()
  console.log(
    `Node ${where.node}, ${where.cores} cores (${where.cpu}), ${where.memoryGiB} GiB, commit ${where.commit}`,
  )
  const systems: PictureSystem[] = []
  try {
    // The one that may be missing first.
    if (versus) systems.push(await Postgres.start())
    const cluster = await BenchCluster.start()
    systems.unshift(cluster)
    const versions = Object.fromEntries(systems.map(({ name, version }) => [name, version]))
    console.log(
      'deletes of 10 KiB pictures on three participants by two-phase commit; CPU of all server processes',
    )
    const results =
      part === 'memory'
        ? { memory: await benchMemory(cluster) }
        : await benchDeletes(systems, options)
    const all = { machine: where, versions, seconds, rounds, results }
    if (out !== '') await writeFile(out, `${JSON.stringify(all, null, 2)}\n`)
    console.log(JSON.stringify(all))
  } finally {
    await Promise.all(systems.map((system) => system.stop()))
  }
}
