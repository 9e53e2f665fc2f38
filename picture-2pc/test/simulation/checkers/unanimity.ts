import type { Checker } from './checker.ts'

/** AC3: commit only if all voted yes. */
export const unanimity: Checker = ({ history }) => {
  for (const { transactionId, decisions, participants, yes } of history.facts.values()) {
    const committed = [...decisions.values()].some((made) => made.has('commit'))
    const silent = participants.filter((node) => !yes.has(node))
    if (committed && silent.length > 0) {
      return `AC3 ${transactionId} committed without a yes of ${silent.join(', ')}`
    }
  }
  return null
}
