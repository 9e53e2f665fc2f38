import type { Findings } from '../../bench/findings.ts'
import { progress } from '../../bench/progress.ts'
import { interleaved } from '../../bench/rounds.ts'
import { reportDeletes } from './deletes-report.ts'
import { Loaders } from './loaders.ts'
import type { PictureSystem } from './system.ts'

/** A first guess at the pace, to make a run last about as long as asked; then what was measured. */
const FIRST_GUESS = 700
const FEWEST = 50
const WARM_UP_AT = 32

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
      progress(`deletes: ${system.name} warms up`) // compiled code, filled caches
      await run(system, WARM_UP_AT, namesOf('warm', WARM_UP_AT, quick ? 1000 : 5000))
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
