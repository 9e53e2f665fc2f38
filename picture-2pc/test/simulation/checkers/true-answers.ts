import { solo } from '../client.ts'
import type { Checker } from './checker.ts'

/** What clients were told holds: committed everywhere, aborted nowhere, plain likes kept. */
export const trueAnswers: Checker = ({ history, participantProcesses }) => {
  if (history.lies[0] !== undefined) return `answer: ${history.lies[0]}`
  for (const { transactionId, outcome, decisions, participants } of history.facts.values()) {
    if (outcome === null) continue
    for (const node of participants) {
      const committed = decisions.get(node)?.has('commit') === true
      if (committed !== (outcome.decision === 'commit')) {
        const truth = committed ? 'committed' : 'did not commit'
        return `answer: ${transactionId} ${outcome.decision}, but ${node} ${truth}`
      }
    }
  }
  for (const { name, core } of participantProcesses) {
    const { sent, done } = history.likes(name)
    const likes = core.state.pictures.get(solo)?.likes ?? 0
    if (likes < done || likes > sent) {
      return `answer: ${name} counts ${likes} likes, told of ${done}, asked for ${sent}`
    }
  }
  return null
}
