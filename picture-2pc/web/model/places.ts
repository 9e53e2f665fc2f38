import type { Arrow } from './arrows.ts'
import type { Moment } from './moment.ts'

/** Where a moment stands: its time, and its turn among what happened in the same millisecond. */
export interface Place {
  readonly time: number
  readonly depth: number
}

/**
 * Places moments so that each comes after the one before it in its lane, and every message arrives
 * after it was sent: a clock of milliseconds does not tell them apart.
 */
export function placesOf(
  lanes: readonly (readonly Moment[])[],
  arrows: readonly Arrow[],
  shifts: ReadonlyMap<string, number>,
): ReadonlyMap<Moment, Place> {
  const before = new Map<Moment, Moment>()
  for (const lane of lanes) {
    for (const [at, moment] of lane.entries()) {
      const previous = lane[at - 1]
      if (previous !== undefined) before.set(moment, previous)
    }
  }
  const sender = new Map<Moment, Moment>()
  for (const { from, to } of arrows) if (from !== null && to !== null) sender.set(to, from)
  const places = new Map<Moment, Place>()
  const underWay = new Set<Moment>()
  const place = (moment: Moment): Place => {
    const known = places.get(moment)
    if (known !== undefined) return known
    let result: Place = { time: moment.time + (shifts.get(moment.node) ?? 0), depth: 0 }
    if (underWay.has(moment)) return result // clocks told a story that cannot be
    underWay.add(moment)
    const previous = before.get(moment)
    if (previous !== undefined) result = after(result, place(previous), together(previous, moment))
    const sent = sender.get(moment)
    if (sent !== undefined) result = after(result, place(sent), false)
    underWay.delete(moment)
    places.set(moment, result)
    return result
  }
  for (const lane of lanes) for (const moment of lane) place(moment)
  return places
}

function after(own: Place, other: Place, together: boolean): Place {
  if (own.time > other.time) return own
  const depth = other.depth + (together ? 0 : 1)
  if (own.time < other.time) return { time: other.time, depth }
  return { time: own.time, depth: Math.max(own.depth, depth) }
}

/** What one step of the process did has one place. */
function together({ what: one }: Moment, { what: two }: Moment): boolean {
  if (one.kind === 'rpc' && two.kind === 'rpc') {
    return one.direction === two.direction && one.rpc === two.rpc
  }
  if (one.kind === 'forced' && two.kind === 'prepared') return true
  return isQuiet(two)
}

/** It is seen by another sign already. */
function isQuiet({ kind }: Moment['what']): boolean {
  return kind === 'acknowledged' || kind === 'voted'
}
