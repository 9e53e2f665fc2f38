import type { LogIndex, NodeId, Term } from './messages.ts'
import type { RoleReason, TransferOutcome } from './ready.ts'
import { leaderHint, type State } from './state.ts'

/** Random in [min, max], anew each time, so that split votes are rare (§3.4). */
export function resetElectionTimer(state: State): void {
  const { electionTimeoutMinTicks: least, electionTimeoutMaxTicks: most, random } = state.options
  state.electionDeadline = state.tick + least + Math.floor(random() * (most - least + 1))
}

export function announceRole(state: State, reason: RoleReason): void {
  state.debts.events.push({
    kind: 'roleChanged',
    role: state.role.kind,
    term: state.currentTerm,
    leaderId: leaderHint(state),
    reason,
  })
}

/** A higher term ends every role, and the vote was for the old one (§3.3). */
export function becomeFollower(
  state: State,
  term: Term,
  leaderId: NodeId | null,
  reason: RoleReason,
): void {
  const was = state.role
  const newTerm = term > state.currentTerm
  if (newTerm) {
    state.currentTerm = term
    state.votedFor = null
    state.leaderHeard = null
  }
  if (was.kind === 'leader' && was.transfer !== null) {
    endTransfer(state, newTerm ? 'transferred' : 'leadershipLost')
  }
  const sameLeader = !newTerm && was.kind === 'follower' && was.leaderId === leaderId
  if (sameLeader) return
  state.role = { kind: 'follower', leaderId }
  // What agreed with one leader's log need not agree with the next one's.
  state.verifiedIndex = 0
  state.reads.restart()
  if (newTerm || was.kind !== 'follower') {
    resetElectionTimer(state)
    announceRole(state, reason)
  } else {
    state.debts.events.push({ kind: 'leaderChanged', leaderId, term })
  }
}

/** The transfer is over, one way or the other; new proposals are taken again (§3.10). */
export function endTransfer(state: State, outcome: TransferOutcome): void {
  if (state.role.kind !== 'leader' || state.role.transfer === null) return
  const { target, requestId } = state.role.transfer
  state.role.transfer = null
  state.debts.events.push({ kind: 'transferEnded', target, outcome })
  if (requestId === null) return
  if (outcome === 'transferred') state.debts.answers.push({ kind: 'transferred', requestId })
  else state.debts.refuse(requestId, outcome, leaderHint(state))
}

/** The leader of this term was heard: no election, and no vote for others, for a while (§4.2.3). */
export function heardLeader(state: State): void {
  state.leaderHeard = state.tick
  resetElectionTimer(state)
}

/** §4.2.3, §9.6: while a leader is alive its followers neither vote nor raise their term. */
export function leaderIsAlive(state: State): boolean {
  if (!state.options.checkQuorum) return false
  if (state.role.kind === 'leader') return true
  if (state.role.kind !== 'follower' || state.role.leaderId === null) return false
  const { leaderHeard } = state
  return leaderHeard !== null && state.tick - leaderHeard < state.options.electionTimeoutMinTicks
}

/** Highest index this leader may count for itself: what its own disk holds. */
export function ownMatch(state: State): LogIndex {
  return state.ledger.savedIndex
}
