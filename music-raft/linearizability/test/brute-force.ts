import type { Model, Operation } from '../history.ts'

/**
 * Whether a history is linearizable, by the definition: every subset of what may have happened, every
 * order, every step. No cleverness that could be wrong, so for histories of a handful of operations.
 */
export function isLinearizable<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): boolean {
  return complete(
    model,
    model.initial,
    operations.filter(({ refused }) => refused !== true),
  )
}

function complete<S, I, O>(
  model: Model<S, I, O>,
  state: S,
  left: readonly Operation<I, O>[],
): boolean {
  if (left.every((operation) => operation.return === null)) return true
  return left.some((operation) => {
    const late = left.some((other) => other.return !== null && other.return < operation.call)
    if (late) return false
    const next = model.step(state, operation.input, operation.output)
    if (next === null) return false
    return complete(
      model,
      next,
      left.filter((other) => other !== operation),
    )
  })
}
