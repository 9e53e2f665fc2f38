import type { CheckOptions, Model, Operation, Verdict, Window } from './history.ts'
import { type Found, Search } from './search.ts'

/** Steps of the model, if nothing else is said: some seconds. */
const BUDGET = 5_000_000
/** What was tried is remembered, in a set that holds no more than this. */
const MOST_BUDGET = 15_000_000
/**
 * Which operations without a known outcome may take effect in the searches before the last: how many one
 * right after the other, which, and with what share of the budget. An order usually needs few of them,
 * and those that help at once; to try all subsets of many first would take for ever. What is found so
 * is an order like any other; only that there is none takes the last search, which leaves out nothing.
 */
const TRIES = [
  { inARow: 1, only: 'helpsBlocked', share: 1 / 16 },
  { inARow: 2, only: 'helpsBlocked', share: 3 / 16 },
  { inARow: 3, only: 'helpsBlocked', share: 3 / 16 },
  { inARow: 2, only: 'helpsAny', share: 1 / 8 },
  { inARow: 1, only: null, share: 1 / 16 },
  { inARow: 2, only: null, share: 1 / 16 },
] as const

/**
 * Whether a history is linearizable: whether all its operations can be put in one order, each
 * somewhere between its call and its return, so that the model answers what was answered (Herlihy and
 * Wing 1990). Operations without a known outcome may take effect after their call or never. Pure: the
 * budget is counted in steps, and the same history gives the same verdict everywhere.
 */
export function check<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  options: CheckOptions = {},
): Verdict<S, I, O> {
  const budget = Math.min(options.budget ?? BUDGET, MOST_BUDGET)
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
  const { must, may } = divide(model, operations)
  let steps = 0
  if (may.length > 0) {
    for (const { share, ...limits } of TRIES) {
      const found = new Search(model, must, may, { ...limits, budget: budget * share }).run()
      steps += found.steps
      if (found.kind === 'order') return { kind: 'ok', linearization: found.order, steps }
    }
  }
  const limits = { budget: budget - steps, inARow: Number.POSITIVE_INFINITY, only: null }
  const found = new Search(model, must, may, limits).run()
  steps += found.steps
  if (found.kind === 'order') return { kind: 'ok', linearization: found.order, steps }
  const longestPrefix = found.order
  if (found.kind === 'budget') return { kind: 'undecided', longestPrefix, steps }
  return { kind: 'violation', longestPrefix, window: windowOf(operations, found), steps }
}

/** In the order of their calls, those that must take effect and those that may. */
function divide<S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]) {
  const byCall = operations.toSorted((a, b) => a.call - b.call)
  return {
    must: byCall.filter((operation) => operation.return !== null),
    may: byCall.filter(
      ({ return: end, input }) => end === null && model.changes?.(input, null) !== false,
    ),
  }
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
