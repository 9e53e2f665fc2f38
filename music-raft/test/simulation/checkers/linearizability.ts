import { check } from '../../../linearizability/check.ts'
import type { QueueOperation } from '../../../linearizability/queue-history.ts'
import { queueModel } from '../../../linearizability/queue-model.ts'
import type { Fail } from './checker.ts'

/** Steps of the model; a history that needs more is left undecided, and counted. */
const BUDGET = 400_000

export function verdictOf(history: readonly QueueOperation[]) {
  return check(queueModel(), history, { budget: BUDGET })
}

/** What all clients saw is what one list on one machine would have shown them. True: it was decided. */
export function checkLinearizability(history: readonly QueueOperation[], fail: Fail): boolean {
  const verdict = verdictOf(history)
  if (verdict.kind === 'violation') {
    const { from, to, operations } = verdict.window
    const lines = operations.map((operation) => JSON.stringify(operation))
    fail(`Linearizability: no order explains ${from} to ${to} ms:\n${lines.join('\n')}`)
  }
  return verdict.kind !== 'undecided'
}
