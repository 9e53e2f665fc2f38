import type { Checker } from './checker.ts'

/** AC1: all that decide decide the same. */
export const agreement: Checker = ({ history }) => {
  for (const { transactionId, decisions } of history.facts.values()) {
    const all = new Set([...decisions.values()].flatMap((made) => [...made]))
    if (all.size > 1) {
      const who = [...decisions].map(([node, made]) => `${node}: ${[...made].join(' and ')}`)
      return `AC1 ${transactionId} ${who.join(', ')}`
    }
  }
  return null
}
