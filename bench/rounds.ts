import { progress } from './progress.ts'

/** What one run of one system at one level showed. */
export interface Run<L, F> {
  readonly round: number
  readonly level: L
  readonly figures: F
}

export interface Rounds<S, L, F> {
  readonly systems: readonly S[]
  /** For example concurrencies. */
  readonly levels: readonly L[]
  readonly rounds: number
  /** What the terminal shows meanwhile. */
  readonly label: string
  nameOf(system: S): string
  run(system: S, level: L, round: number): Promise<F>
}

/**
 * Measures every system at every level, several times: at each level one system after the other, so
 * that a busy moment of the machine meets all of them, and in the opposite order in every second
 * round, so that none always comes first.
 */
export async function interleaved<S, L, F>({
  systems,
  levels,
  rounds,
  label,
  nameOf,
  run,
}: Rounds<S, L, F>): Promise<ReadonlyMap<S, readonly Run<L, F>[]>> {
  const runs = new Map<S, Run<L, F>[]>(systems.map((system) => [system, []]))
  for (let round = 1; round <= rounds; round++) {
    const order = round % 2 === 1 ? systems : [...systems].reverse()
    for (const level of levels) {
      for (const system of order) {
        progress(`${label}: round ${round} of ${rounds}, ${nameOf(system)} at ${String(level)}`)
        const figures = await run(system, level, round)
        runs.get(system)?.push({ round, level, figures })
      }
    }
  }
  progress('')
  return runs
}
