import { coordinatorName } from '../coordinator-process.ts'
import { isFaultless } from '../plan.ts'
import type { Checker } from './checker.ts'

/** AC4: where nothing failed and all voted yes, it commits. */
export const nonTriviality: Checker = ({ history, plan }) => {
  const struck = ['strikes', 'crashes', 'pauses'].some((what) => history.counts.has(what))
  if (!isFaultless(plan) || struck) return null
  for (const { transactionId, decisions, participants, yes } of history.facts.values()) {
    const committed = decisions.get(coordinatorName)?.has('commit') === true
    if (participants.every((node) => yes.has(node)) && !committed) {
      return `AC4 all voted yes on ${transactionId} and nothing failed, but it did not commit`
    }
  }
  return null
}
