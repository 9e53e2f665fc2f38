import { type ObservedTrack, type QueueInput, type QueueOutput, UNTOLD } from './queue-history.ts'
import { changes, mentions } from './queue-model.ts'
import type { QueueState } from './queue-state.ts'
import type { Words } from './words.ts'

const TRACKS_SHOWN = 40

/** How a history of the queue reads on a page. */
export const queueWords: Words<QueueState, QueueInput, QueueOutput> = {
  input(input) {
    if (input.rpc === 'AddTrack') return `AddTrack ${input.track.id}`
    if (input.rpc === 'VoteTrack') return `VoteTrack ${input.id} ${input.up ? '+1' : '−1'}`
    if ('id' in input) return `${input.rpc} ${input.id}`
    const { offset, limit } = ('page' in input ? input.page : undefined) ?? { offset: 0, limit: 0 }
    const from = offset === 0 ? '' : ` from ${offset}`
    return `${input.rpc}${from}${limit === 0 ? '' : ` at most ${limit}`}`
  },
  output(output) {
    if ('code' in output && output.total === UNTOLD) return output.code
    if ('code' in output) return `${output.code}, place ${output.position} of ${output.total}`
    if ('track' in output) return output.track === null ? 'no track' : trackText(output.track)
    return listText(output.tracks, output.total)
  },
  state: (state) => {
    const played = state.played(Number.POSITIVE_INFINITY)
    const last = played.at(played.length - 1)
    const history =
      last === undefined ? 'nothing played' : `${played.length} played, last ${last.id}`
    return `queue ${listText(state.queue, state.queue.length)} · ${history}`
  },
  expected: answerOf,
  differing,
  names: mentions,
  changes,
}

function trackText({ id, votes }: ObservedTrack): string {
  return votes === 0 ? id : `${id} (${votes > 0 ? '+' : '−'}${Math.abs(votes)})`
}

function listText(tracks: readonly ObservedTrack[], total: number): string {
  const shown = tracks.slice(0, TRACKS_SHOWN).map(trackText).join(', ')
  const more = tracks.length > TRACKS_SHOWN ? ', …' : ''
  return `[${shown}${more}]${total === tracks.length ? '' : ` of ${total}`}`
}

/** What the queue answers in a state, bounds apart. */
export function answerOf(state: QueueState, input: QueueInput): QueueOutput {
  switch (input.rpc) {
    case 'AddTrack': {
      const { id } = input.track
      return state.has(id)
        ? placed(state, 'ALREADY_QUEUED', id)
        : placed(state.add(input.track), 'APPLIED', id)
    }
    case 'RemoveTrack': {
      const track = state.get(input.id)
      if (track === null) return placed(state, 'NOT_QUEUED', input.id)
      return placed(state.remove(track), 'APPLIED', input.id)
    }
    case 'VoteTrack': {
      const track = state.get(input.id)
      if (track === null) return placed(state, 'NOT_QUEUED', input.id)
      return placed(state.vote(track, track.votes + (input.up ? 1 : -1)), 'APPLIED', input.id)
    }
    case 'PlayNext':
      return { track: state.queue[0] ?? null }
    case 'GetMetadata':
      return { track: state.get(input.id) }
    default: {
      const { offset, limit } = input.page ?? { offset: 0, limit: 0 }
      const list = input.rpc === 'GetQueue' ? state.queue : historyOf(state)
      const end = limit === 0 ? list.length : offset + limit
      return { tracks: list.slice(offset, end), total: list.length }
    }
  }
}

function placed(after: QueueState, code: string, id: string): QueueOutput {
  return { code, position: after.position(id), total: after.queue.length }
}

function historyOf(state: QueueState): readonly ObservedTrack[] {
  const played = state.played(Number.POSITIVE_INFINITY)
  return Array.from({ length: played.length }, (_, place) => played.at(place)).flatMap(
    (track) => track ?? [],
  )
}

/** Ids of the tracks in which two answers differ: missing, twice, other votes, or else moved. */
function differing(a: QueueOutput, b: QueueOutput): readonly string[] {
  const [one, other] = [tracksOf(a), tracksOf(b)]
  const [left, right] = [one.map(trackText), other.map(trackText)]
  const counts = new Map<string, number>()
  for (const text of left) counts.set(text, (counts.get(text) ?? 0) + 1)
  for (const text of right) counts.set(text, (counts.get(text) ?? 0) - 1)
  const unequal = [...one, ...other].filter((track) => counts.get(trackText(track)) !== 0)
  const moved = one.filter((_, place) => left[place] !== right[place])
  return [...new Set((unequal.length > 0 ? unequal : moved).map(({ id }) => id))]
}

function tracksOf(output: QueueOutput): readonly ObservedTrack[] {
  if ('tracks' in output) return output.tracks
  return 'track' in output && output.track !== null ? [output.track] : []
}
