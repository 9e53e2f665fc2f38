import assert from 'node:assert/strict'
import { changed, encodeConfiguration, isMember, isVoter, voterIds } from './configuration.ts'
import { assertMayChange } from './invariants.ts'
import { appendOwn } from './log-writes.ts'
import { CONFIG, type NodeId } from './messages.ts'
import { countedMatch, newProgress } from './progress.ts'
import type { MembershipChange, Refusal, RequestId } from './ready.ts'
import { sendHeartbeat } from './replication.ts'
import { becomeFollower, endTransfer } from './role.ts'
import { hasOwnTermCommit, type LeaderRole, leaderHint, type State } from './state.ts'
import { bestSuccessor, sendTimeoutNow } from './transfer.ts'

/** A change is appended only behind the barrier: at most one open, own term committed (R2). */
export function handleChange(state: State, requestId: RequestId, change: MembershipChange): void {
  const refusal = state.role.kind === 'leader' ? obstacle(state, state.role, change) : 'notLeader'
  if (refusal !== null || state.role.kind !== 'leader') {
    state.debts.refuse(requestId, refusal ?? 'notLeader', leaderHint(state))
    return
  }
  const result = changed(state.configurations.current, change)
  if ('refusal' in result) {
    state.debts.refuse(requestId, result.refusal, leaderHint(state))
    return
  }
  assertMayChange(state, voterIds(result.configuration))
  const data = encodeConfiguration(result.configuration)
  const { index, term } = appendOwn(state, state.role, CONFIG, data)
  state.debts.answers.push({ kind: 'accepted', requestId, index, term })
  followConfiguration(state, state.role)
}

function obstacle(state: State, leader: LeaderRole, change: MembershipChange): Refusal | null {
  if (leader.transfer !== null) return 'transferring'
  if (!hasOwnTermCommit(state)) return 'noOwnTermCommit'
  if (state.configurations.index > state.commitIndex) return 'changePending'
  const learner = state.configurations.current.learners.some(
    (member) => change.kind === 'promote' && member.id === change.id,
  )
  return learner && change.kind === 'promote' && !hasCaughtUp(state, leader, change.id)
    ? 'notCaughtUp'
    : null
}

/** §4.2.1: a learner that is far behind, silent or without its disk would only weaken the quorum. */
function hasCaughtUp(state: State, leader: LeaderRole, id: NodeId): boolean {
  const progress = leader.progress.get(id)
  if (progress === undefined || progress.recovery !== null) return false
  const { promotionLagEntries, electionTimeoutMinTicks } = state.options
  return (
    progress.feed.kind === 'replicate' &&
    state.tick - progress.lastHeard < electionTimeoutMinTicks &&
    state.log.lastIndex - countedMatch(progress) <= promotionLagEntries
  )
}

/** The leader feeds whoever the configuration in its log names; those that left hear of it. */
export function followConfiguration(state: State, leader: LeaderRole): void {
  const { current } = state.configurations
  for (const { id } of [...current.voters, ...current.learners]) {
    if (id === state.id) continue
    const known = leader.progress.get(id)
    if (known === undefined) {
      leader.progress.set(id, newProgress(id, state.log.lastIndex + 1, state.tick))
    } else known.leavingSince = null
  }
  for (const progress of leader.progress.values()) {
    if (!isMember(current, progress.id)) progress.leavingSince ??= state.tick
  }
  const target = leader.transfer?.target
  if (target !== undefined && !isVoter(current, target)) endTransfer(state, 'leadershipLost')
}

/**
 * What a committed configuration asks for. A leader it no longer names as a voter steps down now,
 * and not before: until then only it may be able to commit that (§4.2.2, R19).
 */
export function settleMembership(state: State, leader: LeaderRole): boolean {
  const { configurations, commitIndex } = state
  if (configurations.index > commitIndex) return false
  for (const progress of leader.progress.values()) {
    const told = Math.min(progress.matchIndex, progress.sentCommit) >= configurations.index
    const waited = state.tick - (progress.leavingSince ?? state.tick)
    const late = waited >= state.options.electionTimeoutMaxTicks
    if (progress.leavingSince !== null && (told || late)) leader.progress.delete(progress.id)
  }
  if (isVoter(configurations.current, state.id)) return false
  for (const progress of leader.progress.values()) sendHeartbeat(state, progress)
  const successor = bestSuccessor(state, leader)
  assert(successor !== null, 'a committed configuration without us has other voters')
  sendTimeoutNow(state, successor)
  becomeFollower(state, state.currentTerm, null, 'removed')
  return true
}
