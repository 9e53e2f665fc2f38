import type { Model } from './history.ts'
import { helps } from './queue-helps.ts'
import {
  type ObservedPage,
  type ObservedTrack,
  type QueueInput,
  type QueueOutput,
  UNTOLD,
} from './queue-history.ts'
import { NOTHING, type Queued, type QueueState } from './queue-state.ts'

/** The bounds the nodes were configured with. */
export interface QueueBounds {
  readonly maxTracks?: number
  readonly maxHistory?: number
}

const MOST_VOTES = 2 ** 31 - 1
const LEAST_VOTES = -(2 ** 31)

/**
 * The music queue as its clients may think of it: one list on one machine. Written from the wire
 * contract, apart from the code that is checked with it.
 */
export function queueModel({
  maxTracks = Number.POSITIVE_INFINITY,
  maxHistory = Number.POSITIVE_INFINITY,
}: QueueBounds = {}): Model<QueueState, QueueInput, QueueOutput> {
  return {
    initial: NOTHING,
    key: (state) => state.key,
    step: (state, input, output) => step(state, input, output, maxTracks, maxHistory),
    changes,
    helps,
  }
}

function step(
  state: QueueState,
  input: QueueInput,
  output: QueueOutput | null,
  maxTracks: number,
  maxHistory: number,
): QueueState | null {
  switch (input.rpc) {
    case 'AddTrack': {
      const { id } = input.track
      if (state.has(id)) return answered(state, output, 'ALREADY_QUEUED', id)
      const size = state.queue.length
      if (size >= maxTracks) return answered(state, output, 'QUEUE_FULL', id)
      return applies(output, size + 1) ? placed(state.add(input.track), output, id) : null
    }
    case 'RemoveTrack': {
      const track = state.get(input.id)
      if (track === null) return answered(state, output, 'NOT_QUEUED', input.id)
      const after = state.queue.length - 1
      return applies(output, after) ? placed(state.remove(track), output, input.id) : null
    }
    case 'VoteTrack': {
      const track = state.get(input.id)
      if (track === null) return answered(state, output, 'NOT_QUEUED', input.id)
      const votes = track.votes + (input.up ? 1 : -1)
      const beyond = votes > MOST_VOTES || votes < LEAST_VOTES
      if (beyond) return answered(state, output, 'VOTES_LIMIT', input.id)
      const size = state.queue.length
      return applies(output, size) ? placed(state.vote(track, votes), output, input.id) : null
    }
    case 'PlayNext': {
      const head = state.queue[0] ?? null
      if (!isTrack(output, head)) return null
      return head === null ? state : state.play(head)
    }
    case 'GetMetadata':
      return isTrack(output, state.get(input.id)) ? state : null
    case 'GetQueue':
      return isList(output, state.queue, input.page) ? state : null
    case 'GetHistory':
      return isList(output, state.played(maxHistory), input.page) ? state : null
    default:
      return input satisfies never
  }
}

/** The same state, if that is what the answer says. */
function answered(
  state: QueueState,
  output: QueueOutput | null,
  code: string,
  id: string,
): QueueState | null {
  if (output === null) return state
  if (!('code' in output) || output.code !== code) return null
  return says(output.total, state.queue.length) ? placed(state, output, id) : null
}

/** Asked before the state afterwards is made: most answers are wrong for most states. */
function applies(output: QueueOutput | null, total: number): boolean {
  if (output === null) return true
  return 'code' in output && output.code === 'APPLIED' && says(output.total, total)
}

function placed(after: QueueState, output: QueueOutput | null, id: string): QueueState | null {
  if (output === null) return after
  return 'position' in output && says(output.position, after.position(id)) ? after : null
}

function says(told: number, is: number): boolean {
  return told === UNTOLD || told === is
}

function isTrack(output: QueueOutput | null, track: ObservedTrack | null): boolean {
  if (output === null) return true
  if (!('track' in output)) return false
  return output.track === null || track === null
    ? output.track === track
    : sameTrack(output.track, track)
}

function isList(
  output: QueueOutput | null,
  list:
    | readonly Queued[]
    | { readonly length: number; at(place: number): ObservedTrack | undefined },
  { offset, limit }: ObservedPage = { offset: 0, limit: 0 },
): boolean {
  if (output === null) return true
  if (!('tracks' in output) || output.total !== list.length) return false
  const { tracks } = output
  const most = Math.max(0, Math.min(limit === 0 ? list.length : limit, list.length - offset))
  // a server may cut a list that is too large for a message, but not to nothing
  if (tracks.length > most || (tracks.length === 0 && most > 0)) return false
  // backwards, as a history differs at its end or nowhere
  for (let place = tracks.length - 1; place >= 0; place--) {
    const [seen, track] = [tracks[place], list.at(offset + place)]
    if (seen === undefined || track === undefined || !sameTrack(seen, track)) return false
  }
  return true
}

function sameTrack(a: ObservedTrack, b: ObservedTrack): boolean {
  return (
    a.id === b.id &&
    a.votes === b.votes &&
    a.title === b.title &&
    a.artist === b.artist &&
    a.duration === b.duration
  )
}

/** Whether an operation that was answered so may have changed anything. */
export function changes(input: QueueInput, output: QueueOutput | null): boolean {
  if (input.rpc.startsWith('Get')) return false
  if (output === null) return true
  if ('code' in output) return output.code === 'APPLIED'
  return 'track' in output && output.track !== null
}

/** Ids of the tracks that a client named or was shown. */
export function mentions(input: QueueInput, output: QueueOutput | null): string[] {
  const names = 'id' in input ? [input.id] : 'track' in input ? [input.track.id] : []
  if (output === null) return names
  if ('tracks' in output) names.push(...output.tracks.map(({ id }) => id))
  if ('track' in output && output.track !== null) names.push(output.track.id)
  return names
}
