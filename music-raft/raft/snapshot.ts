import type { InstallSnapshotResponse, SnapshotMetadata } from './messages.ts'
import { sendNow } from './outbox.ts'
import { type Feed, type Progress, raiseMatch, toProbe } from './progress.ts'
import { nextSequence, type State } from './state.ts'

type SnapshotFeed = Extract<Feed, { kind: 'snapshot' }>

/**
 * Sends the next chunk, when the one before is answered or given up. A transfer opens with an empty
 * chunk: the answer says where to resume, so an interrupted one does not start over (S16).
 */
export function sendSnapshot(state: State, progress: Progress, feed: SnapshotFeed): void {
  if (feed.outstanding !== null) return
  const { snapshot } = feed
  const offset = feed.offset ?? 0
  const length =
    feed.offset === null ? 0 : Math.min(state.options.snapshotChunkBytes, snapshot.size - offset)
  const sequence = nextSequence(state)
  feed.outstanding = { sequence, sinceTick: state.tick }
  sendNow(state, {
    type: 'InstallSnapshot',
    from: state.id,
    to: progress.id,
    term: state.currentTerm,
    sequence,
    snapshot,
    offset,
    length,
    data: null,
    done: feed.offset !== null && offset + length === snapshot.size,
  })
}

/** Of this term and from a follower with progress. */
export function handleInstallSnapshotResponse(
  state: State,
  progress: Progress,
  message: InstallSnapshotResponse,
): void {
  const { feed } = progress
  if (feed.kind !== 'snapshot' || feed.outstanding?.sequence !== message.sequence) return
  const { snapshot } = feed
  if (message.lastIncludedIndex !== snapshot.lastIncludedIndex) return
  feed.outstanding = null
  if (message.installed) {
    raiseMatch(progress, Math.min(snapshot.lastIncludedIndex, state.log.lastIndex), state.sequence)
    toProbe(progress, snapshot.lastIncludedIndex + 1)
    state.debts.events.push({ kind: 'peerState', peer: progress.id, state: 'probe' })
    return
  }
  feed.offset = Math.min(message.bytesStored, snapshot.size)
  const { lastIncludedIndex, size } = snapshot
  const bytesStored = feed.offset
  const peer = progress.id
  state.debts.events.push({
    kind: 'snapshotProgress',
    peer,
    lastIncludedIndex,
    bytesStored,
    size,
  })
}

/** An answer that does not come is not waited for (L5): the chunk is sent again. */
export function retrySnapshot(state: State, feed: SnapshotFeed): void {
  const since = feed.outstanding?.sinceTick ?? state.tick
  if (state.tick - since >= state.options.electionTimeoutMinTicks) feed.outstanding = null
}

/** Same file, byte for byte, so a part of one is a part of the other. */
export function sameSnapshot(a: SnapshotMetadata, b: SnapshotMetadata): boolean {
  return (
    a.lastIncludedIndex === b.lastIncludedIndex &&
    a.lastIncludedTerm === b.lastIncludedTerm &&
    a.size === b.size &&
    a.checksum === b.checksum
  )
}
