import { voterIds } from './configuration.ts'
import { commitTo } from './log-writes.ts'
import type { NodeId, ReadIndex, ReadIndexResponse } from './messages.ts'
import { replyTo, sendNow } from './outbox.ts'
import { majorityIndex } from './quorum.ts'
import type { RequestId } from './ready.ts'
import { hasOwnTermCommit, type LeaderRole, leaderHint, nextSequence, type State } from './state.ts'

/** A client's linearizable read. Waits for a leader, but not for ever. */
export function handleRead(state: State, requestId: RequestId): void {
  if (state.reads.size >= state.options.maxPendingReads) {
    state.debts.refuse(requestId, 'tooManyReads', leaderHint(state))
    return
  }
  const deadlineTick = state.tick + state.options.electionTimeoutMaxTicks
  state.reads.add({ requestId, deadlineTick })
}

/** A follower's question. Answered when confirmed; at once only that we cannot know. */
export function handleReadIndex(state: State, message: ReadIndex, leader: LeaderRole | null): void {
  if (leader === null || !leader.progress.has(message.from)) {
    refuseReadIndex(state, message)
    return
  }
  state.reads.addRemote({ from: message.from, sequence: message.sequence })
}

export function refuseReadIndex(state: State, message: ReadIndex): void {
  const reply = replyTo(state, message)
  sendNow(state, { ...reply, type: 'ReadIndexResponse', success: false, readIndex: 0 })
}

/** A follower's answer from the leader of this term. Counts for the attempt it answers only (R11). */
export function handleReadIndexResponse(state: State, message: ReadIndexResponse): void {
  const { attempt } = state.reads
  if (attempt?.kind !== 'asked' || attempt.sequence !== message.sequence) return
  if (!message.success) return // asked again at the next heartbeat interval
  state.reads.confirm(message.readIndex)
  // It says what is committed, too: no need to wait for the next AppendEntries. But only what is
  // known to be the leader's log may be taken for it (O7).
  commitTo(state, Math.min(message.readIndex, state.verifiedIndex))
}

/**
 * Leader, §6.4: one batch at a time. The index is fixed first, then leadership is confirmed by
 * answers to messages sent after that, and the next batch begins anew (R11). Nothing is confirmed
 * before an entry of this term is committed (R10).
 */
export function settleLeaderReads(state: State, leader: LeaderRole): void {
  const { reads } = state
  if (reads.attempt === null && reads.waiting > 0 && hasOwnTermCommit(state)) {
    const { sequence, commitIndex: readIndex } = state
    reads.attempt = { kind: 'quorum', sequence, readIndex, ...reads.takeWaiting() }
    leader.heartbeatDue = true
  }
  confirmLeaderReads(state, leader)
}

/** After each answer. Role and term are those of now: a step down has ended the attempt (R12). */
export function confirmLeaderReads(state: State, leader: LeaderRole): void {
  const { attempt } = state.reads
  if (attempt?.kind !== 'quorum' || confirmedSequence(state, leader) <= attempt.sequence) return
  for (const { from: to, sequence } of attempt.remotes) {
    const envelope = { from: state.id, to, term: state.currentTerm, sequence }
    const { readIndex } = attempt
    sendNow(state, { ...envelope, type: 'ReadIndexResponse', success: true, readIndex })
  }
  state.reads.confirm(attempt.readIndex)
}

/** A majority took us for its leader when we sent this. */
function confirmedSequence(state: State, leader: LeaderRole): number {
  const acked = (id: NodeId) => {
    if (id === state.id) return Number.MAX_SAFE_INTEGER
    const progress = leader.progress.get(id)
    return progress === undefined || progress.recovery !== null ? 0 : progress.ackedSequence
  }
  return majorityIndex(voterIds(state.configurations.current).map(acked))
}

/** Follower: asks the leader for all reads that wait, if it knows one. */
export function settleFollowerReads(state: State): void {
  const { reads, role } = state
  if (role.kind !== 'follower' || role.leaderId === null) return
  if (reads.attempt !== null || reads.waiting === 0) return
  const sequence = nextSequence(state)
  const { locals } = reads.takeWaiting()
  if (locals.length === 0) return
  reads.attempt = { kind: 'asked', sequence, sinceTick: state.tick, locals }
  const envelope = { from: state.id, to: role.leaderId, term: state.currentTerm, sequence }
  sendNow(state, { ...envelope, type: 'ReadIndex' })
}

/** Reads that waited too long are refused; an answer that does not come is asked for anew. */
export function tickReads(state: State): void {
  const { reads, tick, options } = state
  for (const requestId of reads.takeExpired(tick)) {
    state.debts.refuse(requestId, 'readTimeout', leaderHint(state))
  }
  const { attempt } = reads
  if (attempt?.kind === 'asked' && tick - attempt.sinceTick >= options.heartbeatTicks) {
    reads.restart()
  }
}
