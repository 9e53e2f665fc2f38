import { DoneSet } from './done-set.ts'
import type { Model, Operation } from './history.ts'
import { Timeline } from './timeline.ts'

/** What a search may do. */
export interface Limits {
  /** Steps of the model. */
  readonly budget: number
  /** Operations without a known outcome that may take effect one right after the other. */
  readonly inARow: number
  /** Only those that help, as the model guesses: what is blocked, or anything that is under way. */
  readonly only: 'helpsBlocked' | 'helpsAny' | null
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
  /** What could take effect instead, and which of these it was. */
  readonly choices: readonly number[]
  readonly turn: number
  readonly before: S
  readonly inARow: number
}

/** States kept for people. */
const STATES_KEPT = 32

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
  /** Per operation that must: whether it changes nothing. */
  readonly #isFree: readonly boolean[]
  /** When it most probably took effect. */
  readonly #priority: readonly number[]
  /** The first place of one that was asked and answered alike. */
  readonly #alike: readonly number[]
  /** Per operation that may: the last place before it of one that is alike; -1: none. */
  readonly #mayAlike: readonly number[]
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
    this.#isFree = must.map(({ input, output }) => model.changes?.(input, output) === false)
    this.#priority = must.map(({ call, return: end }) => (call + (end ?? call)) / 2)
    const kinds = must.map(kindOf)
    this.#alike = kinds.map((kind) => kinds.indexOf(kind))
    const mayKinds = may.map(kindOf)
    this.#mayAlike = mayKinds.map((kind, place) =>
      place === 0 ? -1 : mayKinds.lastIndexOf(kind, place - 1),
    )
  }

  run(): Found<S, I, O> {
    let choices = this.#choices()
    let turn = 0
    while (this.#timeline.after(0) !== 0) {
      if (this.#steps >= this.#limits.budget) {
        this.#note()
        return this.#found('budget')
      }
      if (this.#advance(choices, turn)) {
        ;[choices, turn] = [this.#choices(), 0]
        continue
      }
      this.#note()
      const frame = this.#back()
      if (frame === null) return this.#found('none')
      ;[choices, turn] = [frame.choices, frame.turn + 1]
    }
    return this.#found('order')
  }

  /** All that can take effect next, the most promising first. */
  #choices(): readonly number[] {
    const timeline = this.#timeline
    const choices: number[] = []
    let node = timeline.after(0)
    for (; node !== 0 && !timeline.isReturn(node); node = timeline.after(node)) {
      choices.push(timeline.operation(node))
    }
    choices.sort((a, b) => (this.#priority[a] ?? 0) - (this.#priority[b] ?? 0))
    return choices
  }

  /** Lets the first of the choices from the `turn`-th on that fits take effect. */
  #advance(choices: readonly number[], turn: number): boolean {
    if (turn === 0 && this.#tryFree(choices)) return true
    for (let i = turn; i < choices.length; i++) {
      const place = choices[i] ?? 0
      if (this.#isMostUrgent(place, choices) && this.#tryMust(place, choices, i)) return true
    }
    return this.#tryMay(choices, Math.max(turn, choices.length))
  }

  /** To let take effect at once what changes nothing is never wrong: nothing else is tried then. */
  #tryFree(choices: readonly number[]): boolean {
    for (const place of choices) {
      const operation = this.#must[place]
      if (operation === undefined || this.#isFree[place] !== true) continue
      const next = this.#step(operation)
      if (next === null) continue
      this.#push({ place, must: true, free: true, choices, turn: 0 }, next)
      return true
    }
    return false
  }

  /** Of two that are alike the one that returns first may as well come first. */
  #isMostUrgent(place: number, choices: readonly number[]): boolean {
    const [alike, end] = [this.#alike[place], this.#timeline.returnOf(place)]
    return choices.every(
      (other) => this.#alike[other] !== alike || this.#timeline.returnOf(other) >= end,
    )
  }

  #tryMust(place: number, choices: readonly number[], turn: number): boolean {
    const operation = this.#must[place]
    if (operation === undefined || this.#isFree[place] === true) return false
    const next = this.#step(operation)
    if (next === null) return false
    this.#mustDone.add(place)
    const isNew = this.#isNew(next)
    this.#mustDone.delete(place)
    if (isNew) this.#push({ place, must: true, free: false, choices, turn }, next)
    return isNew
  }

  /** Lets one of those that may have happened do so, after all that must and could. */
  #tryMay(choices: readonly number[], turn: number): boolean {
    if (this.#inARow >= this.#limits.inARow) return false
    const first = this.#timeline.operation(this.#timeline.firstReturn())
    const blocked = this.#must[first]
    const until = blocked?.return ?? 0
    for (let place = turn - choices.length; place < this.#may.length; place++) {
      const operation = this.#may[place]
      if (operation === undefined || operation.call > until || this.#mayDone.has(place)) continue
      // of those that are alike the one called first may as well come first
      const alike = this.#mayAlike[place] ?? -1
      if (alike !== -1 && !this.#mayDone.has(alike)) continue
      if (!this.#isWorthTrying(operation, blocked, choices)) continue
      const next = this.#step(operation)
      if (next === null || this.#model.key(next) === this.#model.key(this.#state)) continue
      this.#mayDone.add(place)
      const isNew = this.#isNew(next)
      this.#mayDone.delete(place)
      if (!isNew) continue
      this.#push({ place, must: false, free: false, choices, turn: choices.length + place }, next)
      return true
    }
    return false
  }

  #isWorthTrying(
    operation: Operation<I, O>,
    blocked: Operation<I, O> | undefined,
    choices: readonly number[],
  ): boolean {
    const { only } = this.#limits
    if (only === null || this.#model.helps === undefined) return true
    if (this.#helps(operation, blocked)) return true
    return only === 'helpsAny' && choices.some((place) => this.#helps(operation, this.#must[place]))
  }

  #helps({ input }: Operation<I, O>, other: Operation<I, O> | undefined): boolean {
    if (other === undefined || other.output === null) return true
    return this.#model.helps?.(this.#state, other.input, other.output, input) !== false
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

  #push(frame: Omit<Frame<S>, 'before' | 'inARow'>, next: S): void {
    this.#frames.push({ ...frame, before: this.#state, inARow: this.#inARow })
    this.#state = next
    if (frame.must) {
      this.#mustDone.add(frame.place)
      this.#timeline.lift(frame.place)
      this.#mustCount += 1
      this.#inARow = 0
    } else {
      this.#mayDone.add(frame.place)
      this.#inARow += 1
    }
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

  #note(): void {
    const node = this.#timeline.firstReturn()
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

function kindOf({ input, output }: Operation<unknown, unknown>): string {
  return JSON.stringify([input, output])
}
