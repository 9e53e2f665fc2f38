import type { CheckOptions, Model, Operation, Verdict, Window } from './history.ts'
import { type Found, Search } from './search.ts'

/** Steps of the model, if nothing else is said: some seconds. */
const BUDGET = 5_000_000
/**
 * How many operations without a known outcome may take effect one after the other, search by search.
 * An order usually needs few; to try all subsets of many first would take for ever.
 */
const IN_A_ROW = [1, 2, 4]
/** Of the budget, for each search before the last. */
const SHARE = 1 / 8

/**
 * Whether a history is linearizable: whether all its operations can be put in one order, each
 * somewhere between its call and its return, so that the model answers what was answered (Herlihy and
 * Wing 1990). Operations without a known outcome may take effect after their call or never. Pure: the
 * budget is counted in steps, and the same history gives the same verdict everywhere.
 */
export function check<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  { budget = BUDGET }: CheckOptions = {},
): Verdict<S, I, O> {
  const taken = operations.filter(({ refused }) => refused !== true)
  const parts = model.partition?.(taken) ?? [taken]
  const linearization: Operation<I, O>[] = []
  let steps = 0
  let undecided: Verdict<S, I, O> | null = null
  for (const part of parts) {
    const verdict = checkPart(model, part, budget - steps)
    steps += verdict.steps
    if (verdict.kind === 'violation') return { ...verdict, steps }
    if (verdict.kind === 'undecided') undecided ??= verdict
    else linearization.push(...verdict.linearization)
  }
  return undecided === null ? { kind: 'ok', linearization, steps } : { ...undecided, steps }
}

function checkPart<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  budget: number,
): Verdict<S, I, O> {
  const { must, may, likely } = divide(model, operations)
  let steps = 0
  if (may.length > 0) {
    for (const inARow of IN_A_ROW) {
      const found = new Search(model, must, likely, { budget: budget * SHARE, inARow }).run()
      steps += found.steps
      if (found.kind === 'order') return { kind: 'ok', linearization: found.order, steps }
    }
  }
  const limits = { budget: budget - steps, inARow: Number.POSITIVE_INFINITY }
  const found = new Search(model, must, may, limits).run()
  steps += found.steps
  if (found.kind === 'order') return { kind: 'ok', linearization: found.order, steps }
  const longestPrefix = found.order
  if (found.kind === 'budget') return { kind: 'undecided', longestPrefix, steps }
  return { kind: 'violation', longestPrefix, window: windowOf(operations, found), steps }
}

interface Divided<I, O> {
  readonly must: readonly Operation<I, O>[]
  /** In the order in which to try them: what was seen first, first. */
  readonly may: readonly Operation<I, O>[]
  /** Those of `may` of which something was seen later. */
  readonly likely: readonly Operation<I, O>[]
}

function divide<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): Divided<I, O> {
  const must = operations.filter((operation) => operation.return !== null)
  must.sort((a, b) => a.call - b.call)
  const open = operations.filter(
    ({ return: end, input }) => end === null && model.changes?.(input, null) !== false,
  )
  const seen = sightings(model, must)
  const ranked = open.map((operation) => ({ operation, rank: rankOf(model, operation, seen) }))
  ranked.sort((a, b) => a.rank - b.rank || a.operation.call - b.operation.call)
  const may = ranked.map(({ operation }) => operation)
  return {
    ...{ must, may },
    likely: ranked.flatMap(({ operation, rank }) =>
      rank === Number.POSITIVE_INFINITY ? [] : operation,
    ),
  }
}

/** By name, when operations that mention it returned, ascending. */
function sightings<S, I, O>(
  model: Model<S, I, O>,
  must: readonly Operation<I, O>[],
): ReadonlyMap<string, readonly number[]> {
  const seen = new Map<string, number[]>()
  const byReturn = [...must].sort((a, b) => (a.return ?? 0) - (b.return ?? 0))
  for (const { input, output, return: end } of byReturn) {
    for (const name of model.mentions?.(input, output) ?? []) {
      const times = seen.get(name)
      if (times === undefined) seen.set(name, [end ?? 0])
      else times.push(end ?? 0)
    }
  }
  return seen
}

/** When it was first seen that it may have happened; what names nothing can be seen in anything. */
function rankOf<S, I, O>(
  model: Model<S, I, O>,
  { input, output, call }: Operation<I, O>,
  seen: ReadonlyMap<string, readonly number[]>,
): number {
  const names = [...(model.mentions?.(input, output) ?? [])]
  if (names.length === 0) return Number.MAX_VALUE
  const first = names.map((name) => seen.get(name)?.find((time) => time >= call))
  return Math.min(...first.map((time) => time ?? Number.POSITIVE_INFINITY))
}

function windowOf<S, I, O>(
  operations: readonly Operation<I, O>[],
  { blocked, states }: Found<S, I, O>,
): Window<S, I, O> {
  if (blocked === null || blocked.return === null) throw new Error('nothing is blocked')
  const { call: from, return: to } = blocked
  return {
    ...{ from, to, blocked, states },
    operations: operations.filter(
      ({ call, return: end }) => call <= to && (end === null || end >= from),
    ),
  }
}
