import type { Arrow } from './arrows.ts'

/** Two clocks of one machine, read a moment apart. */
const TOLERANCE_MS = 2

/**
 * How far the clock of each participant must be moved, in milliseconds, so that no message comes before
 * it was sent; 0 wherever the clocks as they are tell a possible story. Only differences that show are
 * corrected: what cannot be seen cannot be known.
 */
export function clockShifts(
  arrows: readonly Arrow[],
  coordinator: string,
): ReadonlyMap<string, number> {
  const bounds = new Map<string, { least: number; most: number }>()
  for (const { from, to } of arrows) {
    if (from === null || to === null) continue
    const away = from.node === coordinator ? to : from
    if (away.node === coordinator || (from.node !== coordinator && to.node !== coordinator))
      continue
    const bound = bounds.get(away.node) ?? { least: -Infinity, most: Infinity }
    bounds.set(away.node, bound)
    if (away === to) bound.least = Math.max(bound.least, from.time - to.time)
    else bound.most = Math.min(bound.most, to.time - from.time)
  }
  const shifts = new Map<string, number>()
  for (const [node, { least, most }] of bounds) {
    if (least > TOLERANCE_MS)
      shifts.set(node, Math.min(most, least) === most ? middle(least, most) : least)
    else if (most < -TOLERANCE_MS)
      shifts.set(node, Math.max(most, least) === least ? middle(least, most) : most)
  }
  return shifts
}

function middle(least: number, most: number): number {
  return Math.round((least + most) / 2)
}
