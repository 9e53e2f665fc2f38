import { progress } from '../../bench/progress.ts'
import { interleaved, type Run } from '../../bench/rounds.ts'
import { ratiosAt, type Spread, spreadOf } from '../../bench/summary.ts'
import { type Context, timed } from './context.ts'
import type { Operation } from './load/client.ts'
import type { Figures } from './load/pool.ts'
import { PLACES, type System } from './system.ts'

/** How many calls are under way, from how many load processes. */
export class Level {
  readonly concurrency: number
  readonly processes: number

  constructor(concurrency: number, processes: number) {
    this.concurrency = concurrency
    this.processes = processes
  }

  /** `256`, or `256, 2 load processes`. */
  toString(): string {
    const { concurrency, processes } = this
    return processes === 1 ? String(concurrency) : `${concurrency}, ${processes} load processes`
  }

  /** For the names of figures: `256`, `256x2`. */
  get key(): string {
    return this.processes === 1 ? String(this.concurrency) : `${this.concurrency}x${this.processes}`
  }
}

export const TO = { leader: 'the leader', all: 'all nodes in turn' } as const
export type To = keyof typeof TO

/** The same load on every system at every level. */
export interface SeriesLoad {
  /** In names of figures: `writes`. */
  readonly name: string
  readonly to: To
  readonly levels: readonly Level[]
  operationOf(system: System): Operation
}

export interface Series extends SeriesLoad {
  readonly systems: readonly System[]
  readonly runs: ReadonlyMap<System, readonly Run<Level, Figures>[]>
}

/** Rounds over all levels, the systems in turn at each, after a warm-up of each system. */
export async function measureSeries(
  context: Context,
  systems: readonly System[],
  load: SeriesLoad,
): Promise<Series> {
  const { to, levels } = load
  const label = titleOf(load)
  const run = async (system: System, { concurrency, processes }: Level) => {
    const leader = await system.settled()
    const targets = to === 'leader' ? [leader] : PLACES
    const name = `${label}, ${system.name}, ${concurrency} at a time`
    const operation = load.operationOf(system)
    return timed(context, name, system, { operation, targets, concurrency, processes })
  }
  await warm(context, systems, load)
  const { rounds } = context
  const nameOf = ({ name }: System) => name
  const runs = await interleaved({ systems, levels, rounds, label, nameOf, run })
  return { ...load, systems, runs }
}

/** `writes to the leader`. */
export function titleOf({ name, to }: SeriesLoad): string {
  return `${name} to ${TO[to]}`
}

/**
 * Compiled code and open connections, on every node and in every load process. One call at a time most
 * of all: there a node works off batches of one, in a program that V8 has seen little of when many calls
 * were under way, and few of them a second.
 */
const WARM_UP = [
  { concurrency: 64, seconds: 3 },
  { concurrency: 1, seconds: 7 },
] as const

async function warm(
  context: Context,
  systems: readonly System[],
  { levels, operationOf }: SeriesLoad,
): Promise<void> {
  const processes = Math.max(...levels.map((level) => level.processes))
  for (const system of systems) {
    progress(`warming ${system.name}`)
    for (const { concurrency, seconds } of WARM_UP) {
      const own = { ...context, seconds: context.quick ? seconds / 8 : seconds }
      await timed(own, `warming ${system.name}, ${concurrency} at a time`, system, {
        ...{ operation: operationOf(system), targets: PLACES },
        ...{ concurrency, processes },
      })
    }
  }
}

/** One figure of one system at one level, over the rounds. */
export function spreadAt(
  { runs }: Series,
  system: System,
  level: Level,
  figure: keyof Figures,
): Spread {
  const those = (runs.get(system) ?? []).filter((run) => run.level === level)
  return spreadOf(
    those.map(({ figures }) => Number(figures[figure])),
    3,
  )
}

/** Ours over theirs at one level, of the runs that followed each other; null: nothing to compare with. */
export function ratioAt(series: Series, level: Level, figure: keyof Figures): Spread | null {
  const [ours, theirs] = series.systems
  if (ours === undefined || theirs === undefined) return null
  const of = (figures: Figures) => Number(figures[figure])
  const [mine = [], other = []] = [series.runs.get(ours), series.runs.get(theirs)]
  return spreadOf(ratiosAt(level, mine, other, of), 3)
}
