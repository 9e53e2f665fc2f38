/**
 * A server that lost its disk (R24).
 *
 * It comes back under its old id, with the configuration still naming it, and has forgotten which
 * votes it gave and which entries it confirmed. Counting it as if it remembered loses data:
 * 1. n1 leads in term 5 and commits x on {n1, n3}; n3's disk is wiped;
 * 2. n1 dies; n2, which lacks x, asks n3 for a vote and gets it: n2 leads without x.
 * Nor may its confirmations count, of entries or of leadership, before it knows what it promised:
 * 1. n3 votes for n4 in term 6 and is wiped; n1, deposed, still sends entries of term 5;
 * 2. n3, back at term 0, confirms them; n1 commits in term 5 what n4 does not have.
 *
 * The rule. Such a server starts `recovering`, with a nonce of its own, both on disk with its first
 * save. While recovering it gives no vote and no pre-vote, does not campaign, and puts the nonce
 * into every answer; a leader counts it in no majority (commitment, check-quorum, ReadIndex) and
 * forgets its matchIndex. The leader appends one no-op for that nonce, the barrier. Once a majority
 * *of the others* committed it, the leader names it; once the server holds it, durably and
 * committed, it is a full voter again, having voted for that leader in this term.
 *
 * Why that is enough. The barrier was appended after the wipe and is on a majority M without the
 * server. (1) Entries: whatever the server confirmed before the wipe and anyone committed is below
 * the barrier in the leader's log, so the server holds it again. (2) Votes: a candidate C that holds
 * its forgotten vote for a later term asked before the wipe, so its log lacks the barrier. Any other
 * vote C needs comes from M. Given before its owner took the barrier, that owner would have been in
 * C's later term and refused the barrier; given after, its log was ahead of C's and it refused C.
 * So C never wins, and a second vote in C's term elects nobody twice.
 */

import { appendOwn } from './log-writes.ts'
import { type AppendEntries, type LogIndex, NOOP } from './messages.ts'
import { type Progress, toProbe } from './progress.ts'
import { hasOwnTermCommit, type LeaderRole, type State } from './state.ts'

/**
 * Leader: what every answer says about its sender's disk. False: the answer is from before the
 * wipe and must not end the recovery; what it confirms is gone.
 */
export function noteRecovery(
  state: State,
  progress: Progress,
  { recovering: nonce, sequence }: { recovering: number; sequence: number },
): boolean {
  const { recovery } = progress
  if (nonce === 0 && recovery === null) return true
  if (nonce === 0) {
    if (recovery !== null && sequence <= recovery.sinceSequence) return false
    state.debts.events.push({ kind: 'recovered', id: progress.id })
    progress.recovery = null
    return true
  }
  if (recovery?.nonce === nonce) return true
  progress.recovery = { nonce, barrier: null, sinceSequence: state.sequence }
  // The one reason for matchIndex to fall: it is told, by its owner, that the entries are gone.
  progress.matchIndex = 0
  progress.ackedSequence = 0
  if (progress.feed.kind !== 'snapshot') toProbe(progress, state.log.lastIndex + 1)
  state.debts.events.push({ kind: 'recovering', id: progress.id })
  return true
}

/** Leader: a barrier for each that needs one. */
export function settleRecovery(state: State, leader: LeaderRole): void {
  if (!hasOwnTermCommit(state)) return
  const waiting = [...leader.progress.values()].filter(({ recovery }) => recovery?.barrier === null)
  if (waiting.length === 0) return
  const { index: barrier } = appendOwn(state, leader, NOOP, new Uint8Array())
  for (const progress of waiting) {
    if (progress.recovery !== null) progress.recovery = { ...progress.recovery, barrier }
  }
}

/** The server itself: the leader named the barrier for this wipe. */
export function noteBarrier(state: State, message: AppendEntries): void {
  if (state.recovering === 0 || message.recoveryNonce !== state.recovering) return
  if (message.recoveryBarrier > 0) state.recoveryBarrier = message.recoveryBarrier
  endRecovery(state)
}

/** The server itself: a voter again, once it holds the barrier. */
export function endRecovery(state: State): void {
  const barrier: LogIndex | null = state.recoveryBarrier
  if (state.recovering === 0 || barrier === null) return
  if (barrier > Math.min(state.commitIndex, state.ledger.savedIndex)) return
  const { role } = state
  if (role.kind !== 'follower' || role.leaderId === null) return
  // It may have voted in this very term before the wipe; the winner is the one safe vote.
  state.votedFor ??= role.leaderId
  state.recovering = 0
  state.recoveryBarrier = null
  state.debts.events.push({ kind: 'recovered', id: state.id })
}
