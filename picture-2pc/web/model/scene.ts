import { type Arrow, arrowsOf } from './arrows.ts'
import { clockShifts } from './clocks.ts'
import type { Moment } from './moment.ts'
import { type Place, placesOf } from './places.ts'
import type { Transaction } from './transaction.ts'

/** A sign in a lane. */
export interface Mark {
  readonly moment: Moment
  readonly x: number
}

/** A message between lanes; an end that was not heard has no place. */
export interface DrawnArrow {
  readonly arrow: Arrow
  readonly fromX: number | null
  readonly toX: number | null
}

/** While the picture was locked at a participant. */
export interface LockSpan {
  readonly node: string
  readonly fromX: number
  /** null: it is still locked, as far as was heard. */
  readonly toX: number | null
  /** How it ended was not heard. */
  readonly unheardEnd: boolean
}

/** A stretch in a lane from which something is missing. */
export interface GapSpan {
  readonly node: string
  readonly fromX: number
  readonly toX: number
  readonly missing: number | null
}

export interface Tick {
  readonly x: number
  /** Since the beginning, in milliseconds. */
  readonly at: number
}

/** A long time in which nothing happened, drawn short. */
export interface Break {
  readonly fromX: number
  readonly toX: number
  readonly ms: number
}

/**
 * A transaction on one time axis. x counts from 0 to `width`; what is further right was later, however
 * much: pauses are drawn shorter than they were, and long ones are marked as broken off.
 */
export interface Scene {
  readonly width: number
  readonly marks: readonly Mark[]
  readonly arrows: readonly DrawnArrow[]
  readonly locks: readonly LockSpan[]
  readonly gaps: readonly GapSpan[]
  readonly ticks: readonly Tick[]
  readonly breaks: readonly Break[]
  /** Milliseconds by which the clocks of nodes were moved, so that no message comes too early. */
  readonly shifts: ReadonlyMap<string, number>
}

const BREAK_FROM_MS = 200

export interface SceneOptions {
  /** Records that nobody waits for, too. */
  readonly everything: boolean
}

/** Lays out what was heard of a transaction. */
export function sceneOf(transaction: Transaction, { everything }: SceneOptions): Scene {
  const arrows = arrowsOf(transaction)
  const shifts = clockShifts(arrows, transaction.coordinator)
  const shown = [...transaction.lanes.values()].map((lane) =>
    lane.filter((moment) => everything || !isLazy(moment)),
  )
  const places = placesOf(shown, arrows, shifts)
  const { x, breaks, width } = axis([...places.values()])
  const xOf = (moment: Moment | null): number | null => {
    const place = moment === null ? undefined : places.get(moment)
    return place === undefined ? null : (x.get(keyOf(place)) ?? null)
  }
  const marks = shown.flat().map((moment) => ({ moment, x: xOf(moment) ?? 0 }))
  return {
    ...{ width, marks, breaks, shifts },
    arrows: arrows
      .map((arrow) => ({ arrow, fromX: xOf(arrow.from), toX: xOf(arrow.to) }))
      .filter(({ fromX, toX }) => fromX !== null || toX !== null),
    locks: locksOf(transaction, marks),
    gaps: gapsOf(marks),
    ticks: ticksOf(places, x),
  }
}

/** A record written when there is time: nothing waits for it. */
function isLazy({ what }: Moment): boolean {
  return what.kind === 'forced' && (what.record === 'end' || what.record === 'abort')
}

function keyOf({ time, depth }: Place): string {
  return `${time}/${depth}`
}

function axis(places: readonly Place[]) {
  const slots = new Map(places.map((place) => [keyOf(place), place]))
  const sorted = [...slots].sort(([, a], [, b]) => a.time - b.time || a.depth - b.depth)
  const x = new Map<string, number>()
  const breaks: Break[] = []
  let at = 0
  let last: Place | null = null
  for (const [key, place] of sorted) {
    if (last !== null) {
      const ms = place.time - last.time
      const wide = ms === 0 ? 1 : 1 + Math.min(4, 0.8 * Math.log2(1 + ms / 4))
      if (ms >= BREAK_FROM_MS) breaks.push({ fromX: at, toX: at + wide, ms })
      at += wide
    }
    x.set(key, at)
    last = place
  }
  return { x, breaks, width: Math.max(at, 1) }
}

function locksOf(transaction: Transaction, marks: readonly Mark[]): readonly LockSpan[] {
  const spans: LockSpan[] = []
  for (const part of transaction.parts.values()) {
    const lane = marks.filter(({ moment }) => moment.node === part.node)
    const from = lane.find(({ moment }) => moment.what.kind === 'prepared')
    if (from === undefined) continue
    const to = lane.find(({ moment }) => moment.what.kind === 'decided')
    const heardAfter = lane.at(-1)?.x ?? from.x
    const freed = part.freeAt !== null && to === undefined
    spans.push({
      ...{ node: part.node, fromX: from.x, unheardEnd: freed },
      toX: to?.x ?? (freed ? Math.max(heardAfter, from.x + 1) : null),
    })
  }
  return spans
}

function gapsOf(marks: readonly Mark[]): readonly GapSpan[] {
  return marks.flatMap(({ moment, x }) => {
    const { node, what } = moment
    if (what.kind !== 'gap') return []
    const before = marks.filter((mark) => mark.moment.node === node && mark.x < x)
    const fromX = before.reduce((most, mark) => Math.max(most, mark.x), 0)
    return [{ node, fromX, toX: x, missing: what.missing }]
  })
}

/** One for each distinct time; a view shows as many as fit. */
function ticksOf(
  places: ReadonlyMap<Moment, Place>,
  x: ReadonlyMap<string, number>,
): readonly Tick[] {
  const first = Math.min(...[...places.values()].map(({ time }) => time))
  const ticks = new Map<number, Tick>()
  for (const place of places.values()) {
    const at = place.time - first
    const left = x.get(keyOf(place)) ?? 0
    const known = ticks.get(at)
    if (known === undefined || left < known.x) ticks.set(at, { x: left, at })
  }
  return [...ticks.values()].sort((a, b) => a.at - b.at)
}
