import { voterIds } from './configuration.ts'
import { appendOwn } from './log-writes.ts'
import { followConfiguration, settleMembership } from './membership.ts'
import {
  type AppendEntriesResponse,
  CONFIG,
  type InstallSnapshotResponse,
  NOOP,
} from './messages.ts'
import { type Progress, toProbe } from './progress.ts'
import { quorum } from './quorum.ts'
import { confirmLeaderReads, settleLeaderReads } from './read-index.ts'
import type { Refusal, RequestId } from './ready.ts'
import { noteRecovery, settleRecovery } from './recovery.ts'
import {
  advanceCommit,
  handleAppendEntriesResponse,
  replicate,
  sendCommitNotices,
} from './replication.ts'
import { announceRole, becomeFollower } from './role.ts'
import { handleInstallSnapshotResponse, retrySnapshot } from './snapshot.ts'
import { type LeaderRole, leaderHint, type State } from './state.ts'
import { bestSuccessor, sendTimeoutNow, settleTransfer } from './transfer.ts'

/** Wins: takes the log as it is and starts its term with a no-op (§3.6.2, O10). */
export function becomeLeader(state: State): void {
  const { log, commitIndex } = state
  let uncommittedBytes = 0
  for (let index = commitIndex + 1; index <= log.lastIndex; index += 1) {
    uncommittedBytes += log.entry(index)?.encoded.length ?? 0
  }
  const leader: LeaderRole = {
    kind: 'leader',
    progress: new Map(),
    termStart: log.lastIndex + 1,
    heartbeatTick: state.tick,
    retryTick: state.tick,
    heartbeatDue: true,
    commitNoticeDue: false,
    uncommittedBytes,
    transfer: null,
  }
  followConfiguration(state, leader)
  state.role = leader
  state.reads.restart()
  appendOwn(state, leader, NOOP, new Uint8Array())
  const { currentTerm: term } = state
  state.debts.events.push({ kind: 'becameLeader', term, index: leader.termStart })
  announceRole(state, 'won')
}

/** A client's command. Accepted means in the log of a leader, no more (§3.5). */
export function handlePropose(
  state: State,
  requestId: RequestId,
  command: string,
  data: Uint8Array,
): void {
  const { role } = state
  const refusal =
    role.kind === 'leader' ? proposalObstacle(state, role, command, data) : 'notLeader'
  if (refusal !== null || role.kind !== 'leader') {
    state.debts.refuse(requestId, refusal ?? 'notLeader', leaderHint(state))
    return
  }
  const { index, term } = appendOwn(state, role, command, data)
  state.debts.answers.push({ kind: 'accepted', requestId, index, term })
}

function proposalObstacle(
  state: State,
  leader: LeaderRole,
  command: string,
  data: Uint8Array,
): Refusal | null {
  const { options, log, commitIndex } = state
  if (command === NOOP || command === CONFIG) return 'reservedCommand'
  if (leader.transfer !== null) return 'transferring'
  if (data.length > options.maxEntryBytes) return 'entryTooLarge'
  if (log.bytes >= options.maxLogBytes) return 'logFull'
  const entries = log.lastIndex - commitIndex
  const bytes = leader.uncommittedBytes + data.length
  const full = entries >= options.maxUncommittedEntries || bytes > options.maxUncommittedBytes
  // With nothing else on its way one entry is always taken, or a large one never could be.
  return full && entries > 0 ? 'tailFull' : null
}

/** A follower's answer, in this leader's term. */
export function handleFollowerResponse(
  state: State,
  message: AppendEntriesResponse | InstallSnapshotResponse,
  leader: LeaderRole | null,
): void {
  const progress = leader?.progress.get(message.from)
  if (leader === null || progress === undefined) return
  if (message.sequence <= progress.sinceSequence || message.sequence > state.sequence) return
  if (!noteRecovery(state, progress, message)) return
  progress.lastHeard = state.tick
  progress.ackedSequence = Math.max(progress.ackedSequence, message.sequence)
  if (message.type === 'AppendEntriesResponse') {
    handleAppendEntriesResponse(state, progress, message)
  } else {
    handleInstallSnapshotResponse(state, progress, message)
  }
  advanceCommit(state, leader)
  confirmLeaderReads(state, leader)
}

/** Before each Ready: what follows from all inputs since the last, and the messages for it. */
export function flushLeader(state: State, leader: LeaderRole): void {
  advanceCommit(state, leader)
  if (settleMembership(state, leader)) return
  settleRecovery(state, leader)
  settleTransfer(state, leader)
  settleLeaderReads(state, leader)
  replicate(state, leader)
}

export function tickLeader(state: State, leader: LeaderRole): void {
  const { options, tick } = state
  if (options.checkQuorum && !hearsQuorum(state, leader)) {
    becomeFollower(state, state.currentTerm, null, 'quorumLost')
    return
  }
  if (diskStalled(state)) {
    // Its heartbeats would keep others from leading, and it cannot (L1). It says so and lets go.
    const successor = bestSuccessor(state, leader)
    if (successor !== null) sendTimeoutNow(state, successor)
    becomeFollower(state, state.currentTerm, null, 'diskStalled')
    return
  }
  const beat = tick - leader.heartbeatTick >= options.heartbeatTicks
  const retry = tick - leader.retryTick >= options.heartbeatTicks
  if (retry) leader.retryTick = tick
  for (const progress of leader.progress.values()) unblock(state, progress, retry)
  if (beat) leader.heartbeatDue = true
  else sendCommitNotices(state, leader)
}

/**
 * §6.2. Over the longest election timeout, not the shortest: with a heartbeat of 1 s and timeouts
 * from 1.5 s one lost heartbeat must not depose anybody.
 */
function hearsQuorum(state: State, leader: LeaderRole): boolean {
  const voters = voterIds(state.configurations.current)
  const heard = voters.filter((id) => {
    if (id === state.id) return true
    const progress = leader.progress.get(id)
    if (progress === undefined || progress.recovery !== null) return false
    return state.tick - progress.lastHeard < state.options.electionTimeoutMaxTicks
  })
  return heard.length >= quorum(voters.length)
}

function diskStalled(state: State): boolean {
  const since = state.ledger.pendingSince
  return since !== null && state.tick - since >= state.options.electionTimeoutMaxTicks
}

/**
 * What is not answered is not waited for: no follower wedges until the leader restarts (L5). At a
 * pace of its own:
 * 1. reads come more often than heartbeats are due, and each brings the next heartbeat forward;
 * 2. the message to a follower in probe is lost;
 * 3. asked again only when a heartbeat is overdue, it would not be asked again at all.
 */
function unblock(state: State, progress: Progress, retry: boolean): void {
  const { feed, inflight } = progress
  if (feed.kind === 'snapshot') retrySnapshot(state, feed)
  else if (feed.kind === 'probe') {
    if (retry && feed.paused) toProbe(progress, progress.nextIndex, true)
  } else if (
    inflight.count > 0 &&
    state.tick - progress.waitingSince >= state.options.electionTimeoutMinTicks
  ) {
    toProbe(progress, progress.matchIndex + 1, true)
    state.debts.events.push({ kind: 'peerState', peer: progress.id, state: 'probe' })
  }
}
