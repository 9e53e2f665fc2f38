import { isVoter, voterIds } from './configuration.ts'
import type { NodeId } from './messages.ts'
import { sendNow } from './outbox.ts'
import { countedMatch } from './progress.ts'
import type { Refusal, RequestId } from './ready.ts'
import { endTransfer } from './role.ts'
import { type LeaderRole, leaderHint, nextSequence, type State } from './state.ts'

/** §3.10: stop taking proposals, let the target catch up, tell it to campaign at once. */
export function handleTransfer(state: State, requestId: RequestId, wanted: NodeId | null): void {
  const leader = state.role.kind === 'leader' ? state.role : null
  const target = wanted ?? (leader === null ? null : bestSuccessor(state, leader))
  const reason = obstacle(state, leader, target)
  if (leader === null || target === null || reason !== null) {
    state.debts.refuse(requestId, reason ?? 'notLeader', leaderHint(state))
    return
  }
  const same = leader.transfer?.target === target
  // Asking again does not give the target more time.
  const sinceTick = same ? (leader.transfer?.sinceTick ?? state.tick) : state.tick
  const sentTick = same ? (leader.transfer?.sentTick ?? null) : null
  endTransfer(state, 'superseded')
  leader.transfer = { target, requestId, sinceTick, sentTick }
  state.debts.events.push({ kind: 'transferStarted', target })
}

function obstacle(state: State, leader: LeaderRole | null, target: NodeId | null): Refusal | null {
  if (leader === null) return 'notLeader'
  if (target === state.id) return 'alreadyLeader'
  const progress = target === null ? undefined : leader.progress.get(target)
  if (target === null || progress === undefined) return 'unknownServer'
  if (!isVoter(state.configurations.current, target)) return 'notVoter'
  return progress.recovery === null ? null : 'notCaughtUp'
}

/** Sends TimeoutNow once the target has the whole log, and again if it may have been lost. */
export function settleTransfer(state: State, leader: LeaderRole): void {
  const { transfer } = leader
  if (transfer === null) return
  const { heartbeatTicks, electionTimeoutMaxTicks } = state.options
  if (state.tick - transfer.sinceTick >= electionTimeoutMaxTicks) {
    endTransfer(state, 'transferTimeout')
    return
  }
  if (countedMatch(leader.progress.get(transfer.target)) < state.log.lastIndex) return
  if (transfer.sentTick !== null && state.tick - transfer.sentTick < heartbeatTicks) return
  transfer.sentTick = state.tick
  sendTimeoutNow(state, transfer.target)
}

/** Better another target, or proposals again, than to wait for one that is gone. */
export function giveUpTransferTo(state: State, peer: NodeId): void {
  if (state.role.kind !== 'leader' || state.role.transfer?.target !== peer) return
  endTransfer(state, 'targetUnreachable')
}

export function sendTimeoutNow(state: State, to: NodeId): void {
  const envelope = { from: state.id, to, term: state.currentTerm, sequence: nextSequence(state) }
  sendNow(state, { ...envelope, type: 'TimeoutNow' })
}

/** null: there is no other voter. */
export function bestSuccessor(state: State, leader: LeaderRole): NodeId | null {
  return successors(state, leader)[0] ?? null
}

/** The other voters, first those with most of the log, and of those the one heard last. */
export function successors(state: State, leader: LeaderRole): NodeId[] {
  const others = voterIds(state.configurations.current).filter((id) => id !== state.id)
  const rank = (id: NodeId) => leader.progress.get(id)?.lastHeard ?? 0
  const match = (id: NodeId) => countedMatch(leader.progress.get(id))
  return others.sort((a, b) => match(b) - match(a) || rank(b) - rank(a) || a - b)
}
