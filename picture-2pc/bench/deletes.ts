import { progress } from '../../bench/progress.ts'
import { interleaved, type Run } from '../../bench/rounds.ts'
import { ratiosAt, type Spread, spreadOf, written } from '../../bench/summary.ts'
import { type Figures, Loaders } from './loaders.ts'
import type { PictureSystem } from './system.ts'

/** A first guess at the pace, to make a run last about as long as asked; then what was measured. */
const EXPECTED_PER_SECOND: Readonly<Record<number, number>> = { 1: 300, 8: 700, 32: 900, 128: 900 }
const WARM_UP = 1000

export interface DeletesOptions {
  /** Of each run. */
  readonly seconds: number
  readonly rounds: number
  readonly concurrencies: readonly number[]
}

type Runs = readonly Run<number, Figures>[]

/** Deletes at every concurrency, the systems in turn: ours first, then whom it is compared with. */
export async function benchDeletes(
  systems: readonly PictureSystem[],
  { seconds, rounds, concurrencies }: DeletesOptions,
) {
  const loaders = new Map(systems.map((system) => [system, new Loaders(system)]))
  const paces = new Map(systems.map((system) => [system, { ...EXPECTED_PER_SECOND }]))
  const run = async (system: PictureSystem, concurrency: number, names: readonly string[]) => {
    const loader = loaders.get(system)
    if (loader === undefined) throw new Error('a system needs a load')
    await system.preload(names)
    return loader.deleteAll(names, concurrency)
  }
  try {
    for (const system of systems) {
      progress(`deletes: ${system.name} warms up`) // compiled code, filled caches
      await run(system, 32, namesOf('warm', 32, WARM_UP))
    }
    const runs = await interleaved({
      ...{ systems, levels: concurrencies, rounds, label: 'deletes' },
      nameOf: ({ name }) => name,
      run: async (system, concurrency, round) => {
        const pace = paces.get(system) ?? {}
        const count = Math.max(50, Math.round((pace[concurrency] ?? 500) * seconds))
        const names = namesOf(`r${round}`, concurrency, count)
        const figures = await run(system, concurrency, names)
        pace[concurrency] = figures.perSecond
        return figures
      },
    })
    return report(systems, concurrencies, runs)
  } finally {
    await Promise.all([...loaders.values()].map((loader) => loader.close()))
  }
}

function namesOf(label: string, concurrency: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${label}-${concurrency}-${index}.png`)
}

function report(
  systems: readonly PictureSystem[],
  concurrencies: readonly number[],
  runs: ReadonlyMap<PictureSystem, Runs>,
) {
  const rows = systems.flatMap((system) =>
    concurrencies.map((concurrency) => ({
      system: system.name,
      concurrency,
      ...summary(runs.get(system) ?? [], concurrency),
    })),
  )
  console.table(rows.map(tableRow))
  const [ours, theirs] = systems
  const ratios =
    ours === undefined || theirs === undefined
      ? []
      : concurrencies.map((concurrency) =>
          compared(concurrency, runs.get(ours) ?? [], runs.get(theirs) ?? []),
        )
  if (ratios.length > 0) {
    console.log('ours : theirs, median of the pairs of runs (least–most)')
    console.table(ratios.map(({ concurrency, ...all }) => ({ concurrency, ...texts(all) })))
  }
  return { rows, ratios }
}

function summary(runs: Runs, concurrency: number) {
  const those = runs.filter(({ level }) => level === concurrency).map(({ figures }) => figures)
  const of = (figure: (figures: Figures) => number, digits: number) =>
    spreadOf(those.map(figure), digits)
  return {
    'transactions/s': of(({ perSecond }) => perSecond, 0),
    'p50 ms': of(({ p50Ms }) => p50Ms, 2),
    'p99 ms': of(({ p99Ms }) => p99Ms, 2),
    'CPU µs/tx, servers': of(({ cpuMicros }) => cpuMicros, 0),
    'CPU µs/tx, load': of(({ loadCpuMicros }) => loadCpuMicros, 0),
    'CPU µs/tx, all': of(({ cpuMicros, loadCpuMicros }) => cpuMicros + loadCpuMicros, 0),
    'busiest load, of a core': of(({ loadBusy }) => loadBusy, 2),
    'forced/tx, coordinator': of(({ coordinatorForced }) => coordinatorForced, 2),
    'forced/tx, each participant': of(({ participantForced }) => participantForced, 2),
  }
}

type Summary = ReturnType<typeof summary>

function tableRow({
  system,
  concurrency,
  ...row
}: { system: string; concurrency: number } & Summary) {
  return { system, concurrency, ...texts(row) }
}

/** What a system does not tell is left out. */
function texts(spreads: Readonly<Record<string, Spread>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spreads)
      .filter(([, { median }]) => !Number.isNaN(median))
      .map(([name, spread]) => [name, written(spread)]),
  )
}

function compared(concurrency: number, ours: Runs, theirs: Runs) {
  const of = (figure: (figures: Figures) => number) =>
    spreadOf(ratiosAt(concurrency, ours, theirs, figure), 2)
  return {
    concurrency,
    'transactions/s': of(({ perSecond }) => perSecond),
    p50: of(({ p50Ms }) => p50Ms),
    p99: of(({ p99Ms }) => p99Ms),
    'CPU/tx, servers': of(({ cpuMicros }) => cpuMicros),
    'CPU/tx, all': of(({ cpuMicros, loadCpuMicros }) => cpuMicros + loadCpuMicros),
  }
}
