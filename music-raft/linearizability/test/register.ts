import type { Model, Operation } from '../history.ts'

export type RegisterInput =
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'write'; readonly key: string; readonly value: number }
  | { readonly kind: 'swap'; readonly key: string; readonly from: number; readonly to: number }

/** Of a read the value, of a swap whether it happened. */
export type RegisterOutput = number | boolean

/** Registers with a name each, 0 at first: the object of most papers, and one that can be split. */
export const registers: Model<ReadonlyMap<string, number>, RegisterInput, RegisterOutput> = {
  initial: new Map(),
  key: (state) => JSON.stringify([...state].filter(([, value]) => value !== 0).sort()),
  step(state, input, output) {
    const value = state.get(input.key) ?? 0
    if (input.kind === 'read') return output === null || output === value ? state : null
    if (input.kind === 'write') return new Map(state).set(input.key, input.value)
    const swaps = value === input.from
    if (output !== null && output !== swaps) return null
    return swaps ? new Map(state).set(input.key, input.to) : state
  },
  changes: ({ kind }, output) => kind === 'write' || (kind === 'swap' && output !== false),
  partition(operations) {
    const parts = new Map<string, Operation<RegisterInput, RegisterOutput>[]>()
    for (const operation of operations) {
      const part = parts.get(operation.input.key)
      if (part === undefined) parts.set(operation.input.key, [operation])
      else part.push(operation)
    }
    return [...parts.values()]
  },
}
