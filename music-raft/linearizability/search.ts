import { DoneSet } from './done-set.ts'
import type { Model, Operation } from './history.ts'
import { Timeline } from './timeline.ts'

/** What a search may do. */
export interface Limits {
  /** Steps of the model. */
  readonly budget: number
  /** Operations without a known outcome that may take effect one right after the other. */
  readonly inARow: number
}

/** How a search ended. */
export interface Found<S, I, O> {
  /** `none`: there is no order within the limits; `budget`: it is not known. */
  readonly kind: 'order' | 'none' | 'budget'
  /** The order, or the longest one found. */
  readonly order: readonly Operation<I, O>[]
  readonly steps: number
  /** The operation whose return no order got past; null if there is an order. */
  readonly blocked: Operation<I, O> | null
  /** Some states in which orders ended there. */
  readonly states: readonly S[]
}

/** An operation that took effect in the order tried, and how to go back before it. */
interface Frame<S> {
  /** Place among those that must take effect, or among those that may. */
  readonly place: number
  readonly must: boolean
  /** It never changes anything: to let it take effect here is not wrong, so nothing else is tried. */
  readonly free: boolean
  readonly before: S
  readonly inARow: number
}

/** States kept for people. */
const STATES_KEPT = 4

/**
 * Looks for an order of `must`, with any of `may` between them, that the model explains and that
 * keeps to the order of time: an operation that returned before another was called comes first.
 * Depth first; a set of operations that led to a state is not tried twice (Lowe 2017). An operation
 * that changes nothing takes effect as soon as its answer is right. What only may have happened is
 * tried last, and only where the rest got stuck: most of it explains nothing.
 */
export class Search<S, I, O> {
  readonly #model: Model<S, I, O>
  readonly #must: readonly Operation<I, O>[]
  readonly #may: readonly Operation<I, O>[]
  readonly #limits: Limits
  readonly #timeline: Timeline
  readonly #mustDone: DoneSet
  readonly #mayDone: DoneSet
  readonly #seen = new Set<string>()
  readonly #frames: Frame<S>[] = []
  #state: S
  #inARow = 0
  #mustCount = 0
  #steps = 0
  #furthest = 0
  #longest: readonly Operation<I, O>[] = []
  #longestMust = -1
  readonly #states = new Map<string, S>()

  /** @param must by `call`, all with a return; @param may in the order in which to try them. */
  constructor(
    model: Model<S, I, O>,
    must: readonly Operation<I, O>[],
    may: readonly Operation<I, O>[],
    limits: Limits,
  ) {
    this.#model = model
    this.#must = must
    this.#may = may
    this.#limits = limits
    this.#timeline = new Timeline(must)
    this.#mustDone = new DoneSet(must.length)
    this.#mayDone = new DoneSet(may.length)
    this.#state = model.initial
  }

  run(): Found<S, I, O> {
    const timeline = this.#timeline
    let node = timeline.after(0)
    let turn = 0
    while (node !== 0) {
      if (this.#steps >= this.#limits.budget) return this.#found('budget')
      if (!timeline.isReturn(node)) {
        const advanced = this.#tryMust(timeline.operation(node))
        node = timeline.after(advanced ? 0 : node)
        continue
      }
      if (this.#tryMay(node, turn)) {
        ;[node, turn] = [timeline.after(0), 0]
        continue
      }
      this.#note(node)
      const frame = this.#back()
      if (frame === null) return this.#found('none')
      if (frame.must) [node, turn] = [timeline.after(timeline.callOf(frame.place)), 0]
      else [node, turn] = [timeline.firstReturn(), frame.place + 1]
    }
    return this.#found('order')
  }

  #tryMust(place: number): boolean {
    const operation = this.#must[place]
    if (operation === undefined) return false
    const next = this.#step(operation)
    if (next === null) return false
    const free = this.#model.changes?.(operation.input, operation.output) === false
    this.#mustDone.add(place)
    if (!free && !this.#isNew(next)) {
      this.#mustDone.delete(place)
      return false
    }
    this.#timeline.lift(place)
    this.#push({ place, must: true, free, before: this.#state, inARow: this.#inARow }, next)
    this.#mustCount += 1
    this.#inARow = 0
    return true
  }

  /** Lets the first of those that may, from the `turn`-th on, take effect before the return `node`. */
  #tryMay(node: number, turn: number): boolean {
    if (this.#inARow >= this.#limits.inARow) return false
    const until = this.#must[this.#timeline.operation(node)]?.return ?? 0
    for (let place = turn; place < this.#may.length; place++) {
      const operation = this.#may[place]
      if (operation === undefined || operation.call > until || this.#mayDone.has(place)) continue
      const next = this.#step(operation)
      if (next === null || this.#model.key(next) === this.#model.key(this.#state)) continue
      this.#mayDone.add(place)
      if (!this.#isNew(next)) {
        this.#mayDone.delete(place)
        continue
      }
      const before = this.#state
      this.#push({ place, must: false, free: false, before, inARow: this.#inARow }, next)
      this.#inARow += 1
      return true
    }
    return false
  }

  #step({ input, output }: Operation<I, O>): S | null {
    this.#steps += 1
    return this.#model.step(this.#state, input, output)
  }

  /** With a limit on how many in a row, what is left of it does not count: then `none` proves nothing. */
  #isNew(state: S): boolean {
    const key = this.#mustDone.key() + this.#mayDone.key() + this.#model.key(state)
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }

  #push(frame: Frame<S>, next: S): void {
    this.#frames.push(frame)
    this.#state = next
  }

  /** Takes back the last effect that could have been another; null: there is none. */
  #back(): Frame<S> | null {
    for (;;) {
      const frame = this.#frames.pop()
      if (frame === undefined) return null
      this.#state = frame.before
      this.#inARow = frame.inARow
      if (frame.must) {
        this.#mustCount -= 1
        this.#timeline.putBack(frame.place)
        this.#mustDone.delete(frame.place)
      } else this.#mayDone.delete(frame.place)
      if (!frame.free) return frame
    }
  }

  #note(node: number): void {
    if (node < this.#furthest) return
    if (node > this.#furthest) {
      this.#furthest = node
      this.#longestMust = -1
      this.#states.clear()
    }
    if (this.#states.size < STATES_KEPT) {
      this.#states.set(this.#model.key(this.#state), this.#state)
    }
    if (this.#mustCount <= this.#longestMust) return
    this.#longestMust = this.#mustCount
    this.#longest = this.#order()
  }

  #order(): readonly Operation<I, O>[] {
    return this.#frames.flatMap(({ must, place }) => (must ? this.#must : this.#may)[place] ?? [])
  }

  #found(kind: Found<S, I, O>['kind']): Found<S, I, O> {
    const steps = this.#steps
    if (kind === 'order') return { kind, order: this.#order(), steps, blocked: null, states: [] }
    const blocked = this.#must[this.#timeline.operation(this.#furthest)] ?? null
    return { kind, order: this.#longest, steps, blocked, states: [...this.#states.values()] }
  }
}
