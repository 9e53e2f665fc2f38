import type { BATCH } from './batch.ts'
import type { Word } from './command.ts'
import { MAX_VOTES, type Track } from './track.ts'

/**
 * How a command ended.
 * - `OK`: it took effect.
 * - `ALREADY_QUEUED` (ADD), `NOT_QUEUED` (REMOVE, VOTE), `QUEUE_EMPTY` (PLAY): answered, no change.
 * - `QUEUE_FULL` (ADD), `VOTES_LIMIT` (VOTE): refused by a bound, no change.
 * - `STALE_REQUEST`: the client already had an answer to a later request; not applied.
 * - `REQUEST_ID_REUSED`: the client's last request id came with a different request; not applied.
 * - `MALFORMED_COMMAND`: the committed bytes are no command; not applied, on any replica.
 */
export type OutcomeCode = (typeof OUTCOME_CODES)[number]

/** Their places are part of the snapshot format: add at the end only. */
export const OUTCOME_CODES = [
  'OK',
  'ALREADY_QUEUED',
  'NOT_QUEUED',
  'QUEUE_EMPTY',
  'QUEUE_FULL',
  'VOTES_LIMIT',
  'STALE_REQUEST',
  'REQUEST_ID_REUSED',
  'MALFORMED_COMMAND',
] as const

/**
 * The answer to a command, as small as it can be kept: no list of tracks. A client's last one is
 * remembered, and is what a retry gets.
 */
export interface Outcome {
  /** The entry's word; null where that is not one of the queue's. */
  readonly word: Word | typeof BATCH | null
  readonly code: OutcomeCode
  /** The id the command was about; '' where there is none. */
  readonly id: string
  /**
   * That track as the command left it: added, found already queued, voted on, or as it was when
   * removed or played. null where there is none.
   */
  readonly track: Track | null
  /** Its place in the queue afterwards, from 1; 0: not in the queue. */
  readonly position: number
  /** Tracks in the queue afterwards. */
  readonly total: number
  /** Why, for people; '' unless the code is STALE_REQUEST, REQUEST_ID_REUSED or MALFORMED_COMMAND. */
  readonly detail: string
  /** This is the remembered answer: the command had already been applied. */
  readonly replayed: boolean
  /**
   * Of a batch, for each of its tracks the place of its outcome in OUTCOME_CODES; `code` then only
   * says that it was applied, and of what is above only `total` counts.
   */
  readonly codes?: Uint8Array
}

/** The outcome of a command that could be decoded. */
export type AppliedOutcome = Omit<Outcome, 'word' | 'codes'> & { readonly word: Word }

/** The outcome as a sentence, for `QueueResponse.message`. */
export function messageOf({ word, code, id, track, total, detail }: Outcome): string {
  const name = JSON.stringify(id)
  switch (code) {
    case 'OK':
      if (word === 'ADD') return 'Queued by Leader' // the original's words, relied on by clients
      if (word === 'REMOVE') return `Removed track ${name}`
      if (word === 'PLAY') return `Playing track ${name}`
      return `Vote counted: track ${name} has votes: ${track?.votes ?? 0}`
    case 'ALREADY_QUEUED':
      return `Track ${name} is already queued; nothing changed`
    case 'NOT_QUEUED':
      return `Track ${name} is not in the queue; nothing changed`
    case 'QUEUE_EMPTY':
      return 'The queue is empty; nothing to play'
    case 'QUEUE_FULL':
      return `The queue is full (${total} tracks); track ${name} was not added`
    case 'VOTES_LIMIT':
      return `Track ${name} cannot go beyond ±${MAX_VOTES} votes; nothing changed`
    default:
      return detail
  }
}

/** Whether the command was turned down by a bound or a rule, rather than answered. */
export function isRefused(code: OutcomeCode): boolean {
  return OUTCOME_CODES.indexOf(code) >= OUTCOME_CODES.indexOf('QUEUE_FULL')
}
