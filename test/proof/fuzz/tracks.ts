import assert from 'node:assert/strict'
import { loadService } from '../../../common/rpc.ts'
import {
  type BatchHead,
  BatchWriter,
  decodeBatch,
  encodeBatch,
} from '../../../music-raft/queue/batch.ts'
import { QueueError } from '../../../music-raft/queue/errors.ts'
import { checkNewTrack, checkRequestId, type NewTrack } from '../../../music-raft/queue/validate.ts'
import { MalformedMessage } from '../../../music-raft/server/wire/protobuf.ts'
import { decodeTracks, type ReceivedTracks } from '../../../music-raft/server/wire/tracks-codec.ts'
import type { NumberedTrack__Output } from '../../../protos/types/queue/NumberedTrack.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import type { Random } from './random.ts'
import { codecTarget, REFUSED, type Target, unlessRefused } from './target.ts'

const { AddTracks } = loadService<QueueServiceDefinition>(
  'queue.proto',
  'queue.QueueService',
).definition

export interface MadeBatch extends BatchHead {
  readonly tracks: readonly (NewTrack & { readonly requestId: number })[]
}

export function makeBatch(random: Random): MadeBatch {
  let requestId = random.below(1000)
  const tracks = random.list(8, () => {
    requestId += 1 + random.below(random.pick([1, 5, 100_000]))
    const [id, title, artist] = [random.text(8) || 'x', random.text(20), random.text(20)]
    return { id, title, artist, duration: random.below(86_401), requestId }
  })
  const clientId = `00000000-0000-4000-8000-00000000000${random.below(10)}`
  const first = { id: 'a', title: '', artist: '', duration: 0, requestId: 0 }
  return { clientId, maxSessions: 5, maxTracks: 3, tracks: tracks.length > 0 ? tracks : [first] }
}

const batch = codecTarget<MadeBatch>('queue/batch', {
  ...{ make: makeBatch, canonical: true, refusals: [QueueError] },
  encode: ({ tracks, ...head }) => encodeBatch(head, tracks),
  decode: (bytes) => {
    const { clientId, maxSessions, maxTracks, firstRequestId, offsets, tracks } = decodeBatch(
      bytes,
      7,
    )
    const numbered = tracks.map(({ id, title, artist, duration }, place) => {
      return { id, title, artist, duration, requestId: firstRequestId + (offsets[place] ?? 0) }
    })
    return { clientId, maxSessions, maxTracks, tracks: numbered }
  },
})

/** Each track that was taken, read back from the log entry that it would stand in. */
function taken(received: ReceivedTracks): Map<number, NewTrack> {
  const tracks = new Map<number, NewTrack>()
  for (const [place, end] of received.ends.entries()) {
    if (received.refused.has(place)) continue
    const writer = new BatchWriter()
    writer.add(received.requestIds[place] ?? 0, received.bytes, received.ends[place - 1] ?? 0, end)
    const clientId = '00000000-0000-4000-8000-000000000001'
    const [track] = decodeBatch(writer.take({ clientId, maxSessions: 1, maxTracks: 1 }), 1).tracks
    assert(track !== undefined)
    const { id, title, artist, duration } = track
    tracks.set(place, { id, title, artist, duration })
  }
  return tracks
}

/** Whether the rules refuse what the library read, or may: it hides what is not UTF-8. */
function isRefused({ requestId, track }: NumberedTrack__Output): 'yes' | 'no' | 'perhaps' {
  const { id = '', title = '', artist = '', duration = 0 } = track ?? {}
  if (`${id}${title}${artist}`.includes('\ufffd')) return 'perhaps'
  // Beyond 64 bits the library takes what is left of a number.
  const ok = unlessRefused([QueueError], () => {
    checkRequestId(requestId)
    return checkNewTrack({ id, title, artist, duration })
  })
  return ok === null ? 'yes' : 'no'
}

/** By hand and by the library: the same tracks. */
const tracks: Target = {
  name: 'protos/queue-tracks',
  seed: (random) =>
    AddTracks.requestSerialize({
      tracks: makeBatch(random).tracks.map(({ requestId, ...track }) => ({ requestId, track })),
    }),
  run: (input) => {
    const received = decodeTracks(input)
    if (received instanceof MalformedMessage) return REFUSED
    const read = AddTracks.requestDeserialize(input).tracks
    assert.equal(received.ends.length, read.length)
    const own = taken(received)
    for (const [place, numbered] of read.entries()) {
      const track = own.get(place)
      const expected = isRefused(numbered)
      const isExact = Number.isSafeInteger(received.requestIds[place])
      if (track === undefined) assert(expected !== 'no' || !isExact, 'refused without a reason')
      else {
        assert(expected !== 'yes', 'taken against the rules')
        const { id = '', title = '', artist = '', duration = 0 } = numbered.track ?? {}
        assert.deepEqual(track, { id, title, artist, duration })
        assert.equal(received.requestIds[place], numbered.requestId)
      }
    }
    return { accepted: true, value: received }
  },
}

export const streamed: readonly Target[] = [batch, tracks]
