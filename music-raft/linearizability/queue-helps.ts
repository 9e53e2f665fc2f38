import { type ObservedTrack, type QueueInput, type QueueOutput, UNTOLD } from './queue-history.ts'
import type { QueueState } from './queue-state.ts'

/**
 * Whether `candidate`, taken now, brings the state nearer to one in which `input` is answered with
 * `output`. A guess, as good as it is cheap: only the order in which things are tried depends on it.
 */
export function helps(
  state: QueueState,
  input: QueueInput,
  output: QueueOutput,
  candidate: QueueInput,
): boolean {
  if ('code' in output) {
    if (input.rpc === 'AddTrack')
      return helpsChange(state, input, input.track.id, output, candidate)
    return 'id' in input && helpsChange(state, input, input.id, output, candidate)
  }
  if ('track' in output) {
    if (input.rpc === 'PlayNext') return helpsPlay(state, output.track, candidate)
    return 'id' in input && helpsTrack(state, input.id, output.track, candidate)
  }
  if (input.rpc === 'GetHistory') return helpsHistory(state, output, candidate)
  return helpsList(state, output.tracks, output.total, candidate)
}

type Changed = Extract<QueueOutput, { code: string }>

function helpsChange(
  state: QueueState,
  { rpc }: QueueInput,
  id: string,
  { code, total }: Changed,
  candidate: QueueInput,
): boolean {
  const added = rpc === 'AddTrack'
  const wantsIt = added ? code === 'ALREADY_QUEUED' : code !== 'NOT_QUEUED'
  if (code !== 'QUEUE_FULL' && wantsIt !== state.has(id)) {
    return wantsIt ? adds(candidate, id) : takes(state, candidate, id)
  }
  const change = code !== 'APPLIED' || rpc === 'VoteTrack' ? 0 : added ? 1 : -1
  const size = state.queue.length + change
  if (total !== UNTOLD && total !== size)
    return total > size ? grows(state, candidate) : shrinks(state, candidate)
  // only its place is wrong
  return candidate.rpc === 'VoteTrack' ? state.has(candidate.id) : shrinks(state, candidate)
}

function helpsPlay(state: QueueState, track: ObservedTrack | null, candidate: QueueInput): boolean {
  if (track === null) return shrinks(state, candidate)
  const queued = state.get(track.id)
  if (queued === null || !isLike(queued, track)) {
    return helpsTrack(state, track.id, track, candidate)
  }
  if (candidate.rpc === 'PlayNext') return true
  if (candidate.rpc !== 'VoteTrack' && candidate.rpc !== 'RemoveTrack') return false
  const place = state.position(candidate.id)
  return place > 0 && place < state.position(track.id)
}

/** What was played next has to be first, and then played. */
function helpsHistory(
  state: QueueState,
  { tracks, total }: Extract<QueueOutput, { total: number; tracks: unknown }>,
  candidate: QueueInput,
): boolean {
  const played = state.played(Number.POSITIVE_INFINITY).length
  if (total <= played) return false
  const next = tracks.length === total ? tracks[played] : undefined
  if (next !== undefined) return helpsPlay(state, next, candidate)
  return candidate.rpc === 'PlayNext' && state.queue.length > 0
}

function helpsTrack(
  state: QueueState,
  id: string,
  track: ObservedTrack | null,
  candidate: QueueInput,
): boolean {
  const queued = state.get(id)
  if (track === null) return takes(state, candidate, id)
  if (queued === null) return adds(candidate, id)
  if (candidate.rpc !== 'VoteTrack') return takes(state, candidate, id)
  if (queued.votes === track.votes) return false
  return candidate.id === id && candidate.up === track.votes > queued.votes
}

function helpsList(
  state: QueueState,
  tracks: readonly ObservedTrack[],
  total: number,
  candidate: QueueInput,
): boolean {
  const listed = (id: string) => tracks.find((track) => track.id === id)
  const isWhole = tracks.length === total
  const unwanted = (track: ObservedTrack | null) => {
    if (track === null) return false
    const seen = listed(track.id)
    return seen === undefined ? true : !isLike(seen, track)
  }
  switch (candidate.rpc) {
    case 'AddTrack':
      return (
        !state.has(candidate.track.id) && (!isWhole || listed(candidate.track.id) !== undefined)
      )
    case 'RemoveTrack':
      return unwanted(state.get(candidate.id))
    case 'PlayNext':
      return unwanted(state.queue[0] ?? null)
    case 'VoteTrack': {
      const [queued, seen] = [state.get(candidate.id), listed(candidate.id)]
      if (queued === null) return false
      return (
        seen === undefined ||
        (seen.votes !== queued.votes && candidate.up === seen.votes > queued.votes)
      )
    }
    default:
      return false
  }
}

/** Votes, too: with a title of its own it has to go and come again. */
function isLike(a: ObservedTrack, b: ObservedTrack): boolean {
  const alike = a.title === b.title && a.artist === b.artist && a.duration === b.duration
  return alike && a.votes === b.votes
}

function adds(candidate: QueueInput, id: string): boolean {
  return candidate.rpc === 'AddTrack' && candidate.track.id === id
}

/** Also by way of being played, or of coming to be first. */
function takes(state: QueueState, candidate: QueueInput, id: string): boolean {
  if (!state.has(id)) return false
  return candidate.rpc === 'PlayNext' || ('id' in candidate && candidate.id === id)
}

function grows(state: QueueState, candidate: QueueInput): boolean {
  return candidate.rpc === 'AddTrack' && !state.has(candidate.track.id)
}

function shrinks(state: QueueState, candidate: QueueInput): boolean {
  if (candidate.rpc === 'PlayNext') return state.queue.length > 0
  return candidate.rpc === 'RemoveTrack' && state.has(candidate.id)
}
