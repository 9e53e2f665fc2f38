import type { machine } from './machine.ts'
import type { Plot } from './plot.ts'
import type { Spread } from './summary.ts'

/** null: not measured. */
export type Cell = string | number | Spread | null

export interface Column {
  readonly title: string
  /** Decimal places of its numbers; default 0. */
  readonly digits?: number
  /** Shows the extremes of a spread after its median. */
  readonly spread?: boolean
}

/** A table as a terminal and docs/PERFORMANCE.md show it. */
export interface Table {
  /** Names it within its result: `writes-leader`. */
  readonly id: string
  readonly title: string
  readonly columns: readonly Column[]
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly Cell[])[]
}

/** What a ratio should be. */
export interface Goal {
  readonly what: string
  /** Ours over theirs, or over the limit. */
  readonly ratio: Spread
  /** At most this, or at least. */
  readonly target: number
  readonly atMost: boolean
}

/**
 * What a bench leaves: the last line it prints, and the file of `--out`. docs/results holds those
 * that docs/PERFORMANCE.md shows.
 */
export interface Result {
  /** `raft` or `2pc`. */
  readonly bench: string
  readonly machine: ReturnType<typeof machine>
  /** Of everything that was measured, by its name. */
  readonly versions: Readonly<Record<string, string>>
  /** The command line's, with defaults. */
  readonly options: Readonly<Record<string, unknown>>
  /** Every figure and ratio by a name that stays: `writes.leader.64.music-raft.perSecond`. Medians. */
  readonly figures: Readonly<Record<string, number>>
  readonly goals: readonly Goal[]
  readonly tables: readonly Table[]
  readonly plots: readonly Plot[]
  /** Operations that failed, runs that were left out: empty when every figure counts. */
  readonly problems: readonly string[]
}

export function isMet({ ratio, target, atMost }: Goal): boolean {
  return atMost ? ratio.median <= target : ratio.median >= target
}
