import type { Checker } from './checker.ts'

/** AC2: nobody reverses a decision that was on disk or told to anybody. */
export const noReversal: Checker = ({ history }) => {
  for (const { transactionId, decisions } of history.facts.values()) {
    for (const [node, made] of decisions) {
      if (made.size > 1) return `AC2 ${node} reversed ${transactionId}: ${[...made].join(', ')}`
    }
  }
  return null
}
