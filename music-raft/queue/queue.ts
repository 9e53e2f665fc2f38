import assert from 'node:assert/strict'
import { answerAgain, applyBatch } from './apply-batch.ts'
import { BATCH, decodeBatch } from './batch.ts'
import { utf8Length } from './bytes.ts'
import { type Command, decodeCommand, isWord, type Operation, type Word } from './command.ts'
import { hashRequest } from './elements.ts'
import { QueueError } from './errors.ts'
import { Hasher } from './hash.ts'
import { type AppliedOutcome, messageOf, type Outcome, type OutcomeCode } from './outcome.ts'
import type { Session } from './session.ts'
import { Snapshot } from './snapshot.ts'
import { QueueState } from './state.ts'
import {
  MAX_VOTES,
  MIN_VOTES,
  plain,
  playedTrack,
  type QueuedTrack,
  queuedTrack,
  type Track,
} from './track.ts'
import { unreachable } from './unreachable.ts'
import type { Page } from './validate.ts'

/** Tracks listed in an answer to a command. */
export const LISTED = 50
/** A bound for what a track's numbers and framing add to its text in a protobuf list (28 at most). */
const TRACK_OVERHEAD = 32
/** Played tracks dropped per PLAY: the one it adds, and some more where the bound was lowered. */
const DROPPED_AT_ONCE = 16

/** A committed log entry, as far as the queue looks at it. */
export interface CommittedCommand {
  /** Log index, from 1. */
  readonly index: number
  /** `raft.LogEntry.command`: ADD, REMOVE, VOTE, PLAY or ADDS. */
  readonly command: string
  /** `raft.LogEntry.data`: what `encodeCommand` made, or for ADDS a `BatchWriter`. */
  readonly data: Uint8Array
}

/** What `queue.QueueResponse` carries. */
export interface QueueAnswer {
  readonly message: string
  /** The first 50 of the queue, then, where it is further back, the track the call was about. */
  readonly queue: readonly Track[]
  readonly track: Track | null
  readonly position: number
  readonly total: number
}

/** A part of the queue or of the history. */
export interface TrackPage {
  readonly tracks: readonly Track[]
  /** Tracks in the whole list. */
  readonly total: number
  /** Tracks were left out because `maxBytes` was reached. */
  readonly cut: boolean
}

/**
 * The music queue as a replicated state machine: the same committed commands give the same state,
 * the same answers and the same hash on every replica (R17). Nothing but the entries is looked at:
 * bounds travel inside them (R22). No call costs O(queue).
 */
export class QueueMachine {
  readonly #state: QueueState
  readonly #hasher = new Hasher()

  /** @param state for `restore.ts`; a new machine is empty. */
  constructor(state: QueueState = new QueueState()) {
    this.#state = state
  }

  /** Log index of the last command given to `apply`; 0 at first. */
  get lastApplied(): number {
    return this.#state.lastApplied
  }

  /** Tracks in the queue. */
  get size(): number {
    return this.#state.queue.size
  }

  /** Tracks in the history. */
  get historySize(): number {
    return this.#state.history.size
  }

  /** Clients whose last answer is remembered. */
  get sessionCount(): number {
    return this.#state.sessions.size
  }

  /** Tree nodes visited so far: the work done, for tests and metrics. */
  get steps(): number {
    return this.#state.steps
  }

  /**
   * Applies the next committed command. Entries that are not the queue's (NOOP, CONFIG) are not
   * given to it; an unknown word or undecodable bytes are answered with MALFORMED_COMMAND and change
   * nothing, on every replica alike. Throws nothing but a broken invariant (indexes must ascend).
   */
  apply(entry: CommittedCommand): Outcome {
    if (!Number.isSafeInteger(entry.index) || entry.index <= this.lastApplied) {
      assert.fail(`command ${entry.index} applied after ${this.lastApplied}`)
    }
    this.#state.lastApplied = entry.index
    const word = isWord(entry.command) ? entry.command : null
    try {
      if (entry.command === BATCH) return this.#applyBatch(entry)
      const command = decodeCommand(entry.data)
      if (command.operation.kind === word) return this.#applyOnce(entry.index, command)
    } catch (error) {
      if (!(error instanceof QueueError)) throw error
      return this.#unapplied(word, 'MALFORMED_COMMAND', `Not a command: ${error.message}`)
    }
    const detail = `Not a command: the entry says ${entry.command}, its data another word`
    return this.#unapplied(word, 'MALFORMED_COMMAND', detail)
  }

  /**
   * The outcome in the shape of QueueResponse, for the node where the client waits. `message`,
   * `track`, `position` and `total` are of the moment the command was applied, also where that was
   * an earlier attempt of a client that retries; `queue` is the queue as it is now. A retry so learns
   * truly what its request did, and sees a list that is true as well.
   * @param listed how much of the head of the queue to list.
   */
  respond(outcome: Outcome, listed = LISTED): QueueAnswer {
    const { track, position, total } = outcome
    const queue: Track[] = listed === 0 ? [] : this.#state.queue.page(0, listed)
    const about = this.#state.queued(outcome.id)
    if (about !== undefined && (listed === 0 || this.#state.queue.rank(about) >= listed)) {
      queue.push(about)
    }
    return { message: messageOf(outcome), queue, track, position, total }
  }

  /**
   * A part of the queue, in order.
   * @param maxBytes cuts before the tracks, as protobuf, could be larger; always gives one track.
   */
  queuePage(page: Page, maxBytes = Number.POSITIVE_INFINITY): TrackPage {
    return pageOf(this.#state.queue, page, maxBytes)
  }

  /** A part of the history, in play order: the oldest remembered first. */
  historyPage(page: Page, maxBytes = Number.POSITIVE_INFINITY): TrackPage {
    return pageOf(this.#state.history, page, maxBytes)
  }

  /** A queued track by id; null when it is not in the queue (a played one no longer is). */
  track(id: string): Track | null {
    return this.#state.queued(id) ?? null
  }

  /** Place of a track in the queue, from 1; 0 when it is not in the queue. */
  position(id: string): number {
    const track = this.#state.queued(id)
    return track === undefined ? 0 : this.#positionOf(track)
  }

  /**
   * Hash of queue, history and sessions, 16 hexadecimal digits, kept up to date by every command.
   * Replicas at the same `lastApplied` must agree; two that do not have diverged (R17). Of 2^64
   * values, so that an accident stays unseen with a chance of 5·10⁻²⁰ at each comparison.
   */
  stateHash(): string {
    return this.#state.hash
  }

  /** The state as of now, in O(1), readable at leisure while commands go on being applied. */
  snapshot(): Snapshot {
    return new Snapshot(this.#state.freeze())
  }

  /** @throws QueueError MALFORMED_COMMAND, and nothing is applied. */
  #applyBatch({ index, data }: CommittedCommand): Outcome {
    const codes = applyBatch(this.#state, this.#hasher, index, decodeBatch(data, index))
    return {
      ...{ word: BATCH, code: 'OK', id: '', track: null, position: 0, total: this.size },
      ...{ detail: '', replayed: false, codes },
    }
  }

  /** Takes a command with an identity once; without one, each time it comes. */
  #applyOnce(index: number, { identity, operation }: Command): Outcome {
    if (identity === null) return this.#execute(index, operation)
    const { sessions } = this.#state
    const { clientId, requestId, maxSessions } = identity
    const known = sessions.get(clientId)
    if (known !== undefined && requestId <= known.requestId) {
      sessions.put({ ...known, lastUsed: index }) // it lives, whatever it asks
      sessions.evict(maxSessions)
      return this.#again(known, operation, requestId)
    }
    const outcome = this.#execute(index, operation)
    const { a, b } = hashRequest(this.#hasher, operation)
    const request = { a, b }
    sessions.put({ clientId, requestId, lastUsed: index, request, outcome, batch: null })
    sessions.evict(maxSessions)
    return outcome
  }

  #again(known: Session, operation: Operation, requestId: number): Outcome {
    const word = operation.kind
    const code = answerAgain(this.#hasher, known, requestId, operation)
    if (code === 'STALE_REQUEST') {
      const detail = `Request ${requestId} is older than request ${known.requestId} of the same client; it was not applied now`
      return this.#unapplied(word, code, detail)
    }
    if (code === 'REQUEST_ID_REUSED') {
      const detail = `Request ${requestId} of this client was a different request; this one was not applied`
      return this.#unapplied(word, code, detail)
    }
    if (known.batch === null) return { ...known.outcome, replayed: true }
    // Only the code was kept of what came in a batch: the rest is told as it is now.
    const id = operation.kind === 'ADD' ? operation.id : ''
    const track = code === 'QUEUE_FULL' ? undefined : this.#state.queued(id)
    const outcome =
      track === undefined
        ? this.#outcome(word, code, id, null)
        : this.#queuedOutcome(word, code, track)
    return { ...outcome, replayed: true }
  }

  #execute(index: number, operation: Operation): AppliedOutcome {
    switch (operation.kind) {
      case 'ADD':
        return this.#add(index, operation)
      case 'REMOVE':
        return this.#remove(operation.id)
      case 'VOTE':
        return this.#vote(operation.id, operation.up)
      case 'PLAY':
        return this.#play(index, operation.maxHistory)
      default:
        return unreachable(operation)
    }
  }

  #add(index: number, operation: Operation & { kind: 'ADD' }): AppliedOutcome {
    const { id, maxTracks } = operation
    const known = this.#state.queued(id)
    if (known !== undefined) return this.#queuedOutcome('ADD', 'ALREADY_QUEUED', known)
    if (this.size >= maxTracks) return this.#outcome('ADD', 'QUEUE_FULL', id, null)
    const track = queuedTrack(operation, 0, index, 0)
    this.#state.enqueue(track)
    return this.#queuedOutcome('ADD', 'OK', track)
  }

  #remove(id: string): AppliedOutcome {
    const track = this.#state.queued(id)
    if (track === undefined) return this.#outcome('REMOVE', 'NOT_QUEUED', id, null)
    this.#state.dequeue(track)
    return this.#outcome('REMOVE', 'OK', id, track)
  }

  #vote(id: string, up: boolean): AppliedOutcome {
    const track = this.#state.queued(id)
    if (track === undefined) return this.#outcome('VOTE', 'NOT_QUEUED', id, null)
    const votes = track.votes + (up ? 1 : -1)
    if (votes < MIN_VOTES || votes > MAX_VOTES) {
      return this.#queuedOutcome('VOTE', 'VOTES_LIMIT', track)
    }
    const voted = queuedTrack(track, votes, track.arrival, track.place)
    this.#state.dequeue(track)
    this.#state.enqueue(voted)
    return this.#queuedOutcome('VOTE', 'OK', voted)
  }

  /**
   * The history keeps the newest: to refuse PLAY when it is full would stop the music for the sake
   * of its past. Which ones stay depends on log indexes alone, so it is the same on every replica.
   */
  #play(index: number, maxHistory: number): AppliedOutcome {
    const head = this.#state.queue.at(0)
    if (head === undefined) return this.#outcome('PLAY', 'QUEUE_EMPTY', '', null)
    this.#state.dequeue(head)
    this.#state.remember(playedTrack(head, index))
    for (let i = 0; i < DROPPED_AT_ONCE && this.historySize > maxHistory; i++) {
      this.#state.forgetOldest()
    }
    return this.#outcome('PLAY', 'OK', head.id, head)
  }

  /** Of a track that is in the queue. */
  #queuedOutcome(word: Word, code: OutcomeCode, track: QueuedTrack): AppliedOutcome {
    return this.#outcome(word, code, track.id, track, this.#positionOf(track))
  }

  #outcome(
    word: Word,
    code: OutcomeCode,
    id: string,
    about: QueuedTrack | null,
    position = 0,
  ): AppliedOutcome {
    const track = about === null ? null : plain(about)
    return { word, code, id, track, position, total: this.size, detail: '', replayed: false }
  }

  #unapplied(word: Word | null, code: OutcomeCode, detail: string): Outcome {
    const total = this.size
    return { word, code, id: '', track: null, position: 0, total, detail, replayed: false }
  }

  #positionOf(track: QueuedTrack): number {
    return this.#state.queue.rank(track) + 1
  }
}

/** Leaf by leaf, so that a huge limit with few bytes costs what is returned and not the list. */
function pageOf(
  list: { readonly size: number; page(offset: number, limit: number): Track[] },
  { offset, limit }: Page,
  maxBytes: number,
): TrackPage {
  const end = Math.min(list.size, offset + limit)
  const tracks: Track[] = []
  let bytes = 0
  while (offset + tracks.length < end) {
    const from = offset + tracks.length
    for (const track of list.page(from, Math.min(LISTED, end - from))) {
      if (maxBytes < Number.POSITIVE_INFINITY) bytes += TRACK_OVERHEAD + textBytes(track)
      if (bytes > maxBytes && tracks.length > 0) return { tracks, total: list.size, cut: true }
      tracks.push(track)
    }
  }
  return { tracks, total: list.size, cut: false }
}

function textBytes({ id, title, artist }: Track): number {
  return utf8Length(id) + utf8Length(title) + utf8Length(artist)
}
