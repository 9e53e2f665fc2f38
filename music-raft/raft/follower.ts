import { appendEntries, commitTo, truncateLog } from './log-writes.ts'
import type { AppendEntries, InstallSnapshot, LogIndex, SnapshotMetadata } from './messages.ts'
import { replyTo, sendPromise } from './outbox.ts'
import { noteBarrier } from './recovery.ts'
import { sameSnapshot } from './snapshot.ts'
import type { State } from './state.ts'

/** Figure 3.1, AppendEntries, receiver. The sender is the leader of the present term. */
export function handleAppendEntries(state: State, message: AppendEntries): void {
  const { prevLogIndex, entries, leaderCommit } = message
  const matchIndex = matchedBy(state, message)
  if (matchIndex === null) {
    sendPromise(state, { ...refusal(state, message), ...conflict(state, prevLogIndex) })
    return
  }
  const conflicting = entries.find((entry) => {
    const held = state.log.term(entry.index)
    return held !== null && held !== entry.term
  })
  // Only from the first conflict on: a shorter or older message proves nothing about the rest (R7).
  if (conflicting !== undefined) truncateLog(state, conflicting.index)
  const held = state.log.lastIndex
  appendEntries(
    state,
    entries.filter((entry) => entry.index > held),
  )
  state.verifiedIndex = Math.max(state.verifiedIndex, matchIndex)
  // What lies behind the message is not known to be the leader's (O7).
  commitTo(state, Math.min(leaderCommit, matchIndex))
  noteBarrier(state, message)
  sendPromise(state, { ...refusal(state, message), success: true, matchIndex }, matchIndex)
}

/** Up to where the message shows our log to be the leader's; null: prevLog does not match. */
function matchedBy(state: State, message: AppendEntries): LogIndex | null {
  const { prevLogIndex, prevLogTerm, entries } = message
  const held = state.log.term(prevLogIndex)
  // What was compacted is committed, so every later leader has it (§3.6.3).
  const compacted = prevLogIndex < state.log.firstIndex && held === null
  return compacted || held === prevLogTerm ? prevLogIndex + entries.length : null
}

function refusal(state: State, message: AppendEntries) {
  return {
    ...replyTo(state, message),
    type: 'AppendEntriesResponse',
    success: false,
    matchIndex: 0,
    conflictIndex: 0,
    conflictTerm: 0,
    recovering: state.recovering,
  } as const
}

/** Where the leader should look next (§3.5). Below what is committed there is nothing to find. */
function conflict(state: State, prevLogIndex: LogIndex) {
  const { log, commitIndex } = state
  const conflictTerm = log.term(prevLogIndex)
  if (conflictTerm === null) return { conflictIndex: log.lastIndex + 1, conflictTerm: 0 }
  const first = log.firstOfTerm(conflictTerm, prevLogIndex)
  return { conflictIndex: Math.max(first, commitIndex + 1), conflictTerm }
}

/** A request of an old term: the answer says the new one, so that its sender steps down (§3.3). */
export function refuseAppend(state: State, message: AppendEntries): void {
  sendPromise(state, refusal(state, message))
}

/** Figure 5.3, InstallSnapshot, receiver. The sender is the leader of the present term. */
export function handleInstallSnapshot(state: State, message: InstallSnapshot): void {
  const { snapshot, offset, data, done } = message
  // A log that holds the snapshot's last entry holds all before it (§3.5): nothing to install, and
  // what follows in the log stays (Figure 5.3).
  if (state.log.term(snapshot.lastIncludedIndex) === snapshot.lastIncludedTerm) {
    commitTo(state, snapshot.lastIncludedIndex)
  }
  if (snapshot.lastIncludedIndex <= state.commitIndex) {
    // We have it all; it may be committed but not on our disk yet.
    answerChunk(state, message, snapshot.size, true, snapshot.lastIncludedIndex)
    return
  }
  if (state.staging === null || !sameSnapshot(state.staging.snapshot, snapshot)) {
    state.staging = { snapshot, bytesStored: 0 }
  }
  const { staging } = state
  const fits = data !== null && offset === staging.bytesStored && data.length === message.length
  if (!fits || (message.length === 0 && !done)) {
    answerChunk(state, message, staging.bytesStored, false)
    return
  }
  if (data.length > 0) state.debts.chunks.push({ snapshot, offset, data })
  staging.bytesStored += data.length
  const complete = staging.bytesStored === snapshot.size
  if (complete) install(state, snapshot)
  // Its save must be done before the answer: with a chunk or a snapshot owed, the reply waits.
  answerChunk(state, message, staging.bytesStored, complete)
}

function answerChunk(
  state: State,
  message: InstallSnapshot,
  bytesStored: number,
  installed: boolean,
  promised: LogIndex = 0,
): void {
  const { lastIncludedIndex } = message.snapshot
  sendPromise(
    state,
    {
      ...replyTo(state, message),
      type: 'InstallSnapshotResponse',
      lastIncludedIndex,
      bytesStored,
      installed,
      recovering: state.recovering,
    },
    promised,
  )
}

export function refuseSnapshot(state: State, message: InstallSnapshot): void {
  answerChunk(state, message, 0, false)
}

/**
 * Makes the staged snapshot the start of the log. The log held is another history, or ends before:
 * all of it goes. Keeping its tail would refuse the leader's next entries for ever (R5), and keep a
 * configuration in force that nobody committed (R4).
 */
function install(state: State, snapshot: SnapshotMetadata): void {
  const { lastIncludedIndex: index, lastIncludedTerm: term, configuration } = snapshot
  const { log, ledger, debts } = state
  ledger.discarded(state.commitIndex, index)
  log.resetTo({ term, index })
  state.configurations.restore(index, configuration)
  state.snapshot = snapshot
  state.staging = null
  state.verifiedIndex = Math.max(state.verifiedIndex, index)
  state.commitIndex = index
  state.restore = snapshot
  debts.installed = snapshot
  debts.releaseTo = index
  debts.events.push({ kind: 'snapshotInstalled', index, term })
  debts.events.push({ kind: 'configChanged', index, configuration, committed: true })
}
