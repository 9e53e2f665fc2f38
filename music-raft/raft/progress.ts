import assert from 'node:assert/strict'
import type { LogIndex, NodeId, SnapshotMetadata } from './messages.ts'

/** AppendEntries with entries on their way to one follower, bounded by count and bytes. */
export class Inflight {
  #sent: { sequence: number; lastIndex: LogIndex; bytes: number }[] = []
  #bytes = 0

  get count(): number {
    return this.#sent.length
  }

  get bytes(): number {
    return this.#bytes
  }

  add(sequence: number, lastIndex: LogIndex, bytes: number): void {
    this.#sent.push({ sequence, lastIndex, bytes })
    this.#bytes += bytes
  }

  has(sequence: number): boolean {
    return this.#sent.some((sent) => sent.sequence === sequence)
  }

  /** Everything up to `matchIndex` arrived, and so did the message answered. True: some was waited for. */
  acknowledge(sequence: number, matchIndex: LogIndex): boolean {
    const left = this.#sent.filter(
      (sent) => sent.lastIndex > matchIndex && sent.sequence !== sequence,
    )
    const some = left.length < this.#sent.length
    this.#sent = left
    this.#bytes = left.reduce((sum, sent) => sum + sent.bytes, 0)
    return some
  }

  clear(): void {
    this.#sent = []
    this.#bytes = 0
  }
}

/** How the leader feeds one follower. */
export type Feed =
  /** Where the logs agree is not known: one message at a time, then wait. */
  | { readonly kind: 'probe'; paused: boolean; retry: boolean }
  /** They agree: entries are sent before the ones ahead are confirmed. */
  | { readonly kind: 'replicate' }
  /** What it needs is compacted: it gets the snapshot, a chunk at a time. */
  | {
      readonly kind: 'snapshot'
      readonly snapshot: SnapshotMetadata
      /** Where to go on; null: not asked yet, it may have part of it from before. */
      offset: number | null
      /** The chunk not answered yet, and when it left; null: none. */
      outstanding: { readonly sequence: number; readonly sinceTick: number } | null
    }

/** What the leader knows of one follower (Figure 3.1, "volatile state on leaders"). */
export interface Progress {
  readonly id: NodeId
  /** Answers to what left before this was begun are of another life of the server. */
  readonly sinceSequence: number
  /** Next entry to send. Always above matchIndex. */
  nextIndex: LogIndex
  /** Highest index known to be on its disk. Falls only when it says that it lost its disk. */
  matchIndex: LogIndex
  /** Our sequence when matchIndex was last raised: what left later was sent in its knowledge. */
  matchSequence: number
  feed: Feed
  readonly inflight: Inflight
  /** Since when the oldest message in flight waits; the window is reset after a while (L5). */
  waitingSince: number
  /** Highest of our sequences it answered in this term: it took us for its leader then (§6.4). */
  ackedSequence: number
  lastHeard: number
  /** Highest commitIndex told to it, as far as it could use it. */
  sentCommit: LogIndex
  /** Not null: lost its disk; counted in no majority until it reached the barrier (recovery.ts). */
  recovery: {
    readonly nonce: number
    /** Index of the no-op appended for it; null: not yet. */
    readonly barrier: LogIndex | null
    /** Answers to what left before say nothing of the disk of now. */
    readonly sinceSequence: number
  } | null
  /** Since when it is no member any more; it is only told so. null: a member. */
  leavingSince: number | null
}

export function newProgress(
  id: NodeId,
  nextIndex: LogIndex,
  tick: number,
  sinceSequence: number,
): Progress {
  return {
    id,
    sinceSequence,
    nextIndex,
    matchIndex: 0,
    matchSequence: 0,
    feed: { kind: 'probe', paused: false, retry: false },
    inflight: new Inflight(),
    waitingSince: tick,
    ackedSequence: 0,
    lastHeard: tick,
    sentCommit: 0,
    recovery: null,
    leavingSince: null,
  }
}

/** Back to one message at a time, from `nextIndex`. */
export function toProbe(progress: Progress, nextIndex: LogIndex, retry = false): void {
  progress.nextIndex = Math.max(nextIndex, progress.matchIndex + 1)
  progress.feed = { kind: 'probe', paused: false, retry }
  progress.inflight.clear()
}

export function toReplicate(progress: Progress): void {
  progress.feed = { kind: 'replicate' }
  progress.nextIndex = progress.matchIndex + 1
  progress.inflight.clear()
}

export function toSnapshot(progress: Progress, snapshot: SnapshotMetadata): void {
  progress.feed = { kind: 'snapshot', snapshot, offset: null, outstanding: null }
  progress.inflight.clear()
}

/** Moves matchIndex up, never down: replies come late and out of order (O8). */
export function raiseMatch(progress: Progress, matchIndex: LogIndex, sequence: number): boolean {
  if (matchIndex <= progress.matchIndex) return false
  progress.matchIndex = matchIndex
  progress.matchSequence = sequence
  progress.nextIndex = Math.max(progress.nextIndex, matchIndex + 1)
  assert(progress.nextIndex > progress.matchIndex, 'nextIndex is above matchIndex')
  return true
}

/** What of this follower may be counted towards commitment. */
export function countedMatch(progress: Progress | undefined): LogIndex {
  return progress === undefined || progress.recovery !== null ? 0 : progress.matchIndex
}
