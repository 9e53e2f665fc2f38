import type { Operation } from './history.ts'

/** A track as clients see it. */
export interface ObservedTrack {
  readonly id: string
  readonly title: string
  readonly artist: string
  readonly votes: number
  readonly duration: number
}

/** Tracks left out at the front, and tracks at most; a limit of 0 is none. */
export interface ObservedPage {
  readonly offset: number
  readonly limit: number
}

/** What a client asked of the queue. */
export type QueueInput =
  | { readonly rpc: 'AddTrack'; readonly track: Omit<ObservedTrack, 'votes'> }
  | { readonly rpc: 'RemoveTrack'; readonly id: string }
  | { readonly rpc: 'VoteTrack'; readonly id: string; readonly up: boolean }
  | { readonly rpc: 'PlayNext' }
  | { readonly rpc: 'GetQueue'; readonly page?: ObservedPage }
  | { readonly rpc: 'GetHistory'; readonly page?: ObservedPage }
  | { readonly rpc: 'GetMetadata'; readonly id: string }

/** A position or total of which the answer says nothing: those on a stream are short. */
export const UNTOLD = -1

/** What the cluster answered. */
export type QueueOutput =
  /** AddTrack, RemoveTrack, VoteTrack: `QueueResponse` without the list, which is of a later moment. */
  | {
      /** APPLIED, ALREADY_QUEUED, NOT_QUEUED, QUEUE_FULL or VOTES_LIMIT. */
      readonly code: string
      /** Or UNTOLD. */
      readonly position: number
      /** Or UNTOLD. */
      readonly total: number
    }
  /** PlayNext, GetMetadata; null: the empty Track. */
  | { readonly track: ObservedTrack | null }
  /** GetQueue, GetHistory. `total`: of the whole list; `tracks` may be cut short at the end. */
  | { readonly tracks: readonly ObservedTrack[]; readonly total: number }

/**
 * A request that was repeated with the same identity is one operation, from the first call to the
 * last return: the cluster applies it once and answers every attempt alike.
 */
export type QueueOperation = Operation<QueueInput, QueueOutput>
