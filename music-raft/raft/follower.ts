import { appendEntries, commitTo, truncateLog } from './log-writes.ts'
import type {
  AppendEntries,
  AppendEntriesResponse,
  InstallSnapshot,
  LogIndex,
  Position,
  SnapshotMetadata,
} from './messages.ts'
import { replyTo, sendAfterSave } from './outbox.ts'
import { noteBarrier } from './recovery.ts'
import { sameSnapshot } from './snapshot.ts'
import type { State } from './state.ts'

const NO_CONFLICT: Position = { index: 0, term: 0 }

/** Figure 3.1, AppendEntries, receiver. The sender is the leader of the present term. */
export function handleAppendEntries(state: State, message: AppendEntries): void {
  const { prevLogIndex, entries, leaderCommit } = message
  const matchIndex = matchedBy(state, message)
  if (matchIndex === null) {
    answer(state, message, false, 0, conflict(state, prevLogIndex))
    return
  }
  const conflicting = entries.find((entry) => {
    const held = state.log.term(entry.index)
    return held !== null && held !== entry.term
  })
  // Only from the first conflict on: a shorter or older message proves nothing about the rest (R7).
  if (conflicting !== undefined) truncateLog(state, conflicting.index)
  const known = state.log.lastIndex - prevLogIndex // of the entries, this many are held
  appendEntries(state, known > 0 ? entries.slice(known) : entries)
  state.verifiedIndex = Math.max(state.verifiedIndex, matchIndex)
  // What lies behind the message is not known to be the leader's (O7).
  commitTo(state, Math.min(leaderCommit, matchIndex))
  noteBarrier(state, message)
  answer(state, message, true, matchIndex, NO_CONFLICT)
}

/** Up to where the message shows our log to be the leader's; null: prevLog does not match. */
function matchedBy(state: State, message: AppendEntries): LogIndex | null {
  const { prevLogIndex, prevLogTerm, entries } = message
  const held = state.log.term(prevLogIndex)
  // What was compacted is committed, so every later leader has it (§3.6.3).
  const compacted = prevLogIndex < state.log.firstIndex && held === null
  return compacted || held === prevLogTerm ? prevLogIndex + entries.length : null
}

/** Written out, not spread: this is every answer to every entry. */
function answer(
  state: State,
  request: AppendEntries,
  success: boolean,
  matchIndex: LogIndex,
  { index: conflictIndex, term: conflictTerm }: Position,
): void {
  const response: AppendEntriesResponse = {
    type: 'AppendEntriesResponse',
    from: state.id,
    to: request.from,
    term: state.currentTerm,
    sequence: request.sequence,
    success,
    matchIndex,
    conflictIndex,
    conflictTerm,
    recovering: state.recovering,
  }
  sendAfterSave(state, response, matchIndex)
}

/** Where the leader should look next (§3.5). Below what is committed there is nothing to find. */
function conflict({ log, commitIndex }: State, prevLogIndex: LogIndex): Position {
  const term = log.term(prevLogIndex)
  if (term === null) return { index: log.lastIndex + 1, term: 0 }
  return { index: Math.max(log.firstOfTerm(term, prevLogIndex), commitIndex + 1), term }
}

/** A request of an old term: the answer says the new one, so that its sender steps down (§3.3). */
export function refuseAppend(state: State, message: AppendEntries): void {
  answer(state, message, false, 0, NO_CONFLICT)
}

/** Figure 5.3, InstallSnapshot, receiver. The sender is the leader of the present term. */
export function handleInstallSnapshot(state: State, message: InstallSnapshot): void {
  const { snapshot, offset, length, done } = message
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
  if (offset !== staging.bytesStored || (length === 0 && !done)) {
    answerChunk(state, message, staging.bytesStored, false)
    return
  }
  if (message.data !== null) state.debts.chunks.push({ snapshot, offset, data: message.data })
  staging.bytesStored += length
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
  sendAfterSave(
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
  debts.events.push({ kind: 'snapshotInstalled', index, term })
  debts.events.push({ kind: 'configChanged', index, configuration, committed: true })
}
