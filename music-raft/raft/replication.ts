import assert from 'node:assert/strict'
import { voterIds } from './configuration.ts'
import { commitTo } from './log-writes.ts'
import type { AppendEntriesResponse, Entry, LogIndex } from './messages.ts'
import { sendNow } from './outbox.ts'
import {
  countedMatch,
  type Progress,
  raiseMatch,
  toProbe,
  toReplicate,
  toSnapshot,
} from './progress.ts'
import { majorityIndex } from './quorum.ts'
import { ownMatch } from './role.ts'
import { sendSnapshot } from './snapshot.ts'
import { type LeaderRole, nextSequence, type State } from './state.ts'

/** Sends every follower what it can take now. Called once per Ready, so proposals gather. */
export function replicate(state: State, leader: LeaderRole): void {
  const heartbeat = leader.heartbeatDue
  for (const progress of leader.progress.values()) {
    const sent = feed(state, progress)
    if (!sent && heartbeat) sendHeartbeat(state, progress)
  }
  if (!heartbeat) return
  leader.heartbeatDue = false
  leader.commitNoticeDue = false
  leader.heartbeatTick = state.tick
}

/** Followers that wait to hear what is committed hear it at the next tick, not at a heartbeat. */
export function sendCommitNotices(state: State, leader: LeaderRole): void {
  if (!leader.commitNoticeDue) return
  leader.commitNoticeDue = false
  for (const progress of leader.progress.values()) {
    const behind = Math.min(state.commitIndex, progress.matchIndex) > progress.sentCommit
    if (behind) sendHeartbeat(state, progress)
  }
}

/** True when an AppendEntries left: it is a heartbeat as well. */
function feed(state: State, progress: Progress): boolean {
  const { feed: how } = progress
  if (how.kind === 'snapshot') {
    sendSnapshot(state, progress, how)
    return false
  }
  if (how.kind === 'probe' && how.paused) return false
  if (state.log.term(progress.nextIndex - 1) === null) {
    startSnapshot(state, progress)
    return false
  }
  if (how.kind === 'probe') {
    // A repeated probe only asks where the logs agree: resending the entries may cost for nothing.
    const entries = how.retry ? [] : nextEntries(state, progress)
    how.paused = true
    sendAppend(state, progress, progress.nextIndex - 1, entries, true)
    return true
  }
  let sent = false
  while (hasWindow(state, progress) && progress.nextIndex <= state.log.lastIndex) {
    const entries = nextEntries(state, progress)
    sendAppend(state, progress, progress.nextIndex - 1, entries, true)
    progress.nextIndex += entries.length
    sent = true
  }
  return sent
}

function startSnapshot(state: State, progress: Progress): void {
  const { snapshot } = state
  assert(snapshot !== null, 'a compacted log has a snapshot')
  toSnapshot(progress, snapshot)
  state.debts.events.push({ kind: 'peerState', peer: progress.id, state: 'snapshot' })
  if (progress.feed.kind === 'snapshot') sendSnapshot(state, progress, progress.feed)
}

function hasWindow(state: State, { inflight }: Progress): boolean {
  const { maxInflightMessages, maxInflightBytes } = state.options
  return inflight.count < maxInflightMessages && inflight.bytes < maxInflightBytes
}

function nextEntries(state: State, progress: Progress): Entry[] {
  const { maxMessageEntries, maxMessageBytes } = state.options
  return state.log.slice(progress.nextIndex, maxMessageEntries, maxMessageBytes)
}

/**
 * Confirms leadership and tells what is committed, whatever the state of the follower: it starts
 * at what is known to match, so it is refused by nobody and disturbs no probe or pipeline.
 */
export function sendHeartbeat(state: State, progress: Progress): void {
  const known = state.log.term(progress.matchIndex) !== null
  sendAppend(state, progress, known ? progress.matchIndex : 0, [], false)
}

function sendAppend(
  state: State,
  progress: Progress,
  prevLogIndex: LogIndex,
  entries: readonly Entry[],
  tracked: boolean,
): void {
  const sequence = nextSequence(state)
  const lastIndex = prevLogIndex + entries.length
  if (tracked) {
    if (progress.inflight.count === 0) progress.waitingSince = state.tick
    const bytes = entries.reduce((sum, entry) => sum + entry.encoded.length, 0)
    progress.inflight.add(sequence, lastIndex, bytes)
  }
  const barrier = progress.recovery?.barrier ?? null
  progress.sentCommit = Math.max(progress.sentCommit, Math.min(state.commitIndex, lastIndex))
  sendNow(state, {
    type: 'AppendEntries',
    from: state.id,
    to: progress.id,
    term: state.currentTerm,
    sequence,
    prevLogIndex,
    prevLogTerm: prevLogIndex === 0 ? 0 : (state.log.term(prevLogIndex) ?? 0),
    entries,
    leaderCommit: state.commitIndex,
    recoveryNonce: progress.recovery?.nonce ?? 0,
    recoveryBarrier: barrier !== null && barrier <= state.commitIndex ? barrier : 0,
  })
}

/** Of this term and from a follower with progress; the caller has seen to that (O4, O8). */
export function handleAppendEntriesResponse(
  state: State,
  progress: Progress,
  message: AppendEntriesResponse,
): void {
  const expected = progress.inflight.has(message.sequence)
  if (message.success) {
    if (message.matchIndex > state.log.lastIndex) return
    // The answer to a heartbeat may confirm the place that a probe asks about, before its own does.
    const answered = progress.inflight.acknowledge(message.sequence, message.matchIndex)
    const raised = raiseMatch(progress, message.matchIndex, state.sequence)
    if (raised || answered) progress.waitingSince = state.tick
    leaveWaiting(state, progress, answered)
    return
  }
  // A refusal of what was given up, or is long confirmed, says nothing about today (O8). But nobody
  // can lack what it confirmed before it was asked.
  if (!expected) {
    const lost = message.conflictIndex > 0 && message.conflictIndex <= progress.matchIndex
    if (lost && message.sequence > progress.matchSequence) {
      const { id: peer, matchIndex } = progress
      state.debts.events.push({ kind: 'followerLostEntries', peer, matchIndex })
    }
    return
  }
  const was = progress.feed.kind
  if (was === 'snapshot') return
  toProbe(progress, nextToTry(state, progress, message))
  if (was !== 'probe') announce(state, progress)
}

/** A confirmed place ends a probe, and a snapshot that is no longer needed. */
function leaveWaiting(state: State, progress: Progress, answered: boolean): void {
  const { feed: how } = progress
  if (how.kind === 'replicate') return
  if (how.kind === 'probe' && !answered) return
  if (how.kind === 'snapshot' && state.log.term(progress.matchIndex) === null) return
  if (how.kind === 'snapshot' && progress.matchIndex === 0) return
  toReplicate(progress)
  announce(state, progress)
}

function announce(state: State, progress: Progress): void {
  const { id: peer, feed: how } = progress
  state.debts.events.push({ kind: 'peerState', peer, state: how.kind })
}

/** Skips a whole conflicting term at a time (§3.5, the optimization at its end). */
function nextToTry(state: State, progress: Progress, message: AppendEntriesResponse): LogIndex {
  const { conflictIndex, conflictTerm } = message
  const shared = conflictTerm === 0 ? null : state.log.lastOfTerm(conflictTerm)
  const next = shared === null ? conflictIndex : shared + 1
  // Always back, whatever it says: a probe that can go forward need not end.
  return Math.max(Math.min(next, progress.nextIndex - 1), 1)
}

/** Commits what a majority has on disk, if it is of this term (§3.6.2, R1). */
export function advanceCommit(state: State, leader: LeaderRole): void {
  const voters = voterIds(state.configurations.current)
  const matched = voters.map((id) =>
    id === state.id ? ownMatch(state) : countedMatch(leader.progress.get(id)),
  )
  const index = majorityIndex(matched)
  if (index > state.commitIndex && state.log.term(index) === state.currentTerm) {
    commitTo(state, index)
  }
}
