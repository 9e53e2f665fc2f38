import assert from 'node:assert/strict'
import { isVoter, voterIds } from './configuration.ts'
import type { LogIndex, Term } from './messages.ts'
import type { State } from './state.ts'

/** What must not fall from one input to the next. */
export interface Before {
  readonly currentTerm: Term
  readonly commitIndex: LogIndex
  readonly lastApplied: LogIndex
  readonly votedFor: number | null
}

export function before(state: State): Before {
  const { currentTerm, commitIndex, lastApplied, votedFor } = state
  return { currentTerm, commitIndex, lastApplied, votedFor }
}

/**
 * Holds after every input, in production too: constant time, apart from the members. A failure
 * means a bug here or a disk that lies; the process stops while what is on disk is still sound.
 */
export function checkInvariants(state: State, was: Before): void {
  const { log, commitIndex, lastApplied, applied } = state
  assert(state.currentTerm >= was.currentTerm, 'currentTerm never falls')
  assert(commitIndex >= was.commitIndex, 'commitIndex never falls')
  assert(lastApplied >= was.lastApplied, 'lastApplied never falls')
  assert(applied <= lastApplied, 'applied what was handed over')
  assert(lastApplied <= commitIndex, 'only committed entries are applied')
  assert(commitIndex <= log.lastIndex, 'what is committed is in the log')
  assert(
    log.firstIndex <= lastApplied + 1 || state.restore !== null,
    'what is not applied is not compacted, unless a snapshot brings it',
  )
  assert(log.last.term <= state.currentTerm, 'no entry is of a later term')
  assert(state.ledger.savedIndex <= log.lastIndex, 'no more is saved than there is')
  assert(
    was.currentTerm !== state.currentTerm ||
      was.votedFor === null ||
      was.votedFor === state.votedFor,
    'a vote is given once in a term (§3.4)',
  )
  if (state.role.kind === 'leader') checkLeader(state)
}

function checkLeader(state: State): void {
  const { role, log } = state
  if (role.kind !== 'leader') return
  assert(state.recovering === 0, 'a server that lost its disk does not lead (R24)')
  assert(
    (log.term(role.termStart) ?? state.currentTerm) === state.currentTerm,
    'Leader Append-Only',
  )
  for (const progress of role.progress.values()) {
    assert(progress.matchIndex < progress.nextIndex, 'nextIndex is above matchIndex')
    assert(progress.matchIndex <= log.lastIndex, 'no follower matches more than the log')
  }
}

/** R8: a committed entry is never dropped, whoever asks. */
export function assertMayTruncate(state: State, from: LogIndex): void {
  assert(
    from > state.commitIndex,
    `R8: refusing to truncate from ${from}, committed up to ${state.commitIndex}`,
  )
  assert(state.role.kind !== 'leader', 'Leader Append-Only (§3.5)')
}

/** R2: one change at a time, of one voter, behind an entry of the own term. */
export function assertMayChange(state: State, next: readonly number[]): void {
  assert(state.configurations.index <= state.commitIndex, 'at most one configuration in flight')
  assert(state.log.term(state.commitIndex) === state.currentTerm, 'R2: own-term commit first')
  const old = voterIds(state.configurations.current)
  const differs = [
    ...next.filter((id) => !isVoter(state.configurations.current, id)),
    ...old.filter((id) => !next.includes(id)),
  ]
  assert(differs.length <= 1, 'majorities of neighbouring configurations overlap (§4.1)')
  assert(next.length > 0, 'somebody votes')
}
