import type { Checker } from './checker.ts'

/** AC5: once all failures are repaired, all decide; no lock stays, and nobody is in doubt. */
export const termination: Checker = ({ stuck, history, participantProcesses }) => {
  if (stuck[0] !== undefined) return `AC5 ${stuck[0]}`
  for (const { name, core } of participantProcesses) {
    if (core.state.prepared.size > 0) return `AC5 ${name} is in doubt`
    if (core.state.locks.size > 0) return `AC5 ${name} holds a lock`
  }
  for (const { transactionId, decisions, participants } of history.facts.values()) {
    if (![...decisions.values()].some((made) => made.has('commit'))) continue
    const waiting = participants.find((node) => !decisions.has(node))
    if (waiting !== undefined) return `AC5 ${waiting} never decided ${transactionId}`
  }
  return null
}
