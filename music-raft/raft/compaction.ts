import assert from 'node:assert/strict'
import type { LogIndex, SnapshotMetadata } from './messages.ts'
import type { State } from './state.ts'

/** Where a snapshot taken now stands: what the state machine holds, as the shell reported it. */
export function snapshotPoint(
  state: State,
): Pick<SnapshotMetadata, 'lastIncludedIndex' | 'lastIncludedTerm' | 'configuration'> {
  const lastIncludedTerm = state.log.term(state.applied)
  assert(lastIncludedTerm !== null, 'the log reaches back to what is applied')
  const configuration = state.configurations.at(state.applied)
  return { lastIncludedIndex: state.applied, lastIncludedTerm, configuration }
}

/**
 * The shell has a snapshot on disk: the log before it may go, but for a tail that saves followers
 * just behind a whole snapshot.
 */
export function handleCompact(state: State, snapshot: SnapshotMetadata): void {
  const { lastIncludedIndex: index, lastIncludedTerm } = snapshot
  // A leader's snapshot, installed while ours was being written, is ahead of it.
  if (index <= (state.snapshot?.lastIncludedIndex ?? 0)) return
  assert(index <= state.applied, `a snapshot at ${index} of what is applied up to ${state.applied}`)
  assert.equal(lastIncludedTerm, state.log.term(index), 'the snapshot is of this log')
  state.snapshot = snapshot
  state.configurations.compactTo(index)
  const keepFrom = Math.min(index - state.options.trailingEntries, pinnedBy(state))
  if (keepFrom >= state.log.firstIndex) {
    state.log.compactTo(keepFrom)
    state.debts.releaseTo = keepFrom
  }
  const { firstIndex } = state.log
  state.debts.events.push({ kind: 'compacted', index, firstIndex })
}

/**
 * A follower that is being sent a snapshot needs the entries after it, or it would need another
 * snapshot at once, for ever (S15). Not for a silent follower, nor beyond half of the log's bound.
 */
function pinnedBy(state: State): LogIndex {
  if (state.role.kind !== 'leader') return Number.MAX_SAFE_INTEGER
  if (state.log.bytes > state.options.maxLogBytes / 2) return Number.MAX_SAFE_INTEGER
  const pins = [...state.role.progress.values()].map(({ feed, lastHeard }) => {
    const alive = state.tick - lastHeard < state.options.electionTimeoutMaxTicks
    return feed.kind === 'snapshot' && alive
      ? feed.snapshot.lastIncludedIndex
      : Number.MAX_SAFE_INTEGER
  })
  return Math.min(...pins, Number.MAX_SAFE_INTEGER)
}
