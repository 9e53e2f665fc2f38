import type { RoleKind } from '../../raft/ready.ts'

/** What a lane of the timeline shows: a role as the node told it, or why none is known. */
export type LaneState = RoleKind | 'unheard'

/** From here on a node was this. Times by the node's clock. */
export interface Mark {
  readonly time: number
  readonly state: LaneState
  readonly term: number
}

export interface Segment extends Mark {
  /** null: it still is. */
  readonly until: number | null
}

/** Changes that are kept of each node. */
export const MOST_MARKS = 1000

/** Who was what, and when. Bounded for each node; what comes late is put in its place. */
export class RoleHistory {
  readonly #marks = new Map<number, Mark[]>()

  /** The same twice is told once. */
  mark(node: number, mark: Mark): void {
    const marks = this.#marks.get(node) ?? []
    this.#marks.set(node, marks)
    let place = marks.length
    while (place > 0 && (marks[place - 1]?.time ?? 0) > mark.time) place -= 1
    const before = marks[place - 1]
    if (before !== undefined && before.state === mark.state && before.term === mark.term) return
    const after = marks[place]
    if (after !== undefined && after.time === mark.time && same(after, mark)) return
    marks.splice(place, 0, mark)
    if (marks.length > MOST_MARKS) marks.shift()
  }

  get nodes(): readonly number[] {
    return [...this.#marks.keys()].sort((a, b) => a - b)
  }

  /** When anything is known from; null: nothing is. */
  get begin(): number | null {
    const firsts = [...this.#marks.values()].flatMap((marks) => marks[0]?.time ?? [])
    return firsts.length === 0 ? null : Math.min(...firsts)
  }

  marksOf(node: number): readonly Mark[] {
    return this.#marks.get(node) ?? []
  }

  /** Those of a node that touch the span from `begin` to `end`, in order. */
  segments(node: number, begin: number, end: number): readonly Segment[] {
    const marks = this.marksOf(node)
    const segments: Segment[] = []
    for (const [place, mark] of marks.entries()) {
      const until = marks[place + 1]?.time ?? null
      if (mark.time > end) break
      if (until === null || until >= begin) segments.push({ ...mark, until })
    }
    return segments
  }
}

function same(a: Mark, b: Mark): boolean {
  return a.state === b.state && a.term === b.term
}
