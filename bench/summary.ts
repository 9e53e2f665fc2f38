import { median } from './machine.ts'
import type { Run } from './rounds.ts'

/** The middle of several figures and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** `digits`: behind the point. */
export function spreadOf(values: readonly number[], digits: number): Spread {
  const rounded = (value: number) => Number(value.toFixed(digits))
  return {
    median: rounded(median(values)),
    min: rounded(Math.min(...values)),
    max: rounded(Math.max(...values)),
  }
}

/** As a table shows it: the middle, then the least and the most. */
export function written({ median, min, max }: Spread): string {
  return min === max ? String(median) : `${median} (${min}–${max})`
}

/** Ours over theirs at one level, of the runs of the same round. Empty where nothing pairs. */
export function ratiosAt<L, F>(
  level: L,
  ours: readonly Run<L, F>[],
  theirs: readonly Run<L, F>[],
  figure: (figures: F) => number,
): readonly number[] {
  return ours.flatMap((run) => {
    const other = theirs.find((each) => each.level === level && each.round === run.round)
    return run.level === level && other !== undefined
      ? [figure(run.figures) / figure(other.figures)]
      : []
  })
}
