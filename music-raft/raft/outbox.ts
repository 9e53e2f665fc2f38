import type { LogIndex, Message } from './messages.ts'
import { sameHardState } from './save-ledger.ts'
import { hardStateOf, type State } from './state.ts'

/** For messages that promise nothing the disk must keep. */
export function sendNow(state: State, message: Message): void {
  state.debts.sendNow.push(message)
}

/**
 * For messages that promise the present term and vote, and the log up to `promised`. Waits for the
 * disk, unless all of it is there already: then a confirmation of leadership does not queue behind
 * a slow save of later entries (L2).
 */
export function sendPromise(state: State, message: Message, promised: LogIndex = 0): void {
  const { ledger, debts } = state
  const durable =
    promised <= ledger.savedIndex &&
    sameHardState(ledger.savedHardState, hardStateOf(state)) &&
    debts.chunks.length === 0 &&
    debts.installed === null
  if (durable) debts.sendNow.push(message)
  else debts.send.push(message)
}

/** The four fields of every reply. */
export function replyTo(state: State, request: Message) {
  return {
    from: state.id,
    to: request.from,
    term: state.currentTerm,
    sequence: request.sequence,
  }
}
