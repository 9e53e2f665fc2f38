import type { Findings } from '../../bench/findings.ts'
import { progress } from '../../bench/progress.ts'
import { interleaved } from '../../bench/rounds.ts'
import { reportDeletes } from './deletes-report.ts'
import { Loaders } from './loaders.ts'
import type { PictureSystem } from './system.ts'

/** A first guess at the pace, to make a run last about as long as asked; then what was measured. */
const FIRST_GUESS = 700
const FEWEST = 50
/** Compiled code, filled caches. One at a time most of all: there all is done for each delete anew. */
const WARM_UP = [
  { concurrency: 32, deletes: 6000 },
  { concurrency: 1, deletes: 4000 },
] as const
const QUICK_PART = 1 / 6

export interface DeletesOptions {
  readonly quick: boolean
  /** Of each run. */
  readonly seconds: number
  readonly rounds: number
  readonly concurrencies: readonly number[]
}

/** Deletes at every concurrency, the systems in turn: ours first, then whom it is compared with. */
export async function benchDeletes(
  findings: Findings,
  systems: readonly PictureSystem[],
  { quick, seconds, rounds, concurrencies }: DeletesOptions,
): Promise<void> {
  const loaders = new Map(systems.map((system) => [system, new Loaders(system)]))
  const paces = new Map<string, number>()
  const run = async (system: PictureSystem, concurrency: number, names: readonly string[]) => {
    const loader = loaders.get(system)
    if (loader === undefined) throw new Error('a system needs a load')
    await system.preload(names)
    return loader.deleteAll(names, concurrency)
  }
  try {
    for (const system of systems) {
      progress(`deletes: ${system.name} warms up`)
      for (const { concurrency, deletes } of WARM_UP) {
        const count = Math.round(quick ? deletes * QUICK_PART : deletes)
        await run(system, concurrency, namesOf('warm', concurrency, count))
      }
    }
    const runs = await interleaved({
      ...{ systems, levels: concurrencies, rounds, label: 'deletes' },
      nameOf: ({ name }) => name,
      run: async (system, concurrency, round) => {
        const key = `${system.name} ${concurrency}`
        const pace = paces.get(key) ?? Math.min(FIRST_GUESS, 300 * concurrency)
        const count = Math.max(FEWEST, Math.round(pace * seconds))
        const figures = await run(system, concurrency, namesOf(`r${round}`, concurrency, count))
        paces.set(key, figures.perSecond)
        return figures
      },
    })
    reportDeletes(findings, systems, concurrencies, runs)
  } finally {
    await Promise.all([...loaders.values()].map((loader) => loader.close()))
  }
}

function namesOf(label: string, concurrency: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${label}-${concurrency}-${index}.png`)
}
