import type { Operation } from './command.ts'
import type { Hasher } from './hash.ts'
import { OUTCOME_CODES } from './outcome.ts'
import type { Session } from './session.ts'
import type { PlayedTrack, QueuedTrack, Track } from './track.ts'
import { unreachable } from './unreachable.ts'

// What of each element goes into a hash: every field, or replicas could differ unseen.

const QUEUED = 1
const PLAYED = 2
const SESSION = 3
const REQUEST = 4 // and 5 in remembered.ts

export function hashQueued(hasher: Hasher, track: QueuedTrack): Hasher {
  hashTrack(hasher.start(QUEUED), track).int(track.arrival)
  // Nothing for 0: the hash of what came alone is what it was before there were batches.
  if (track.place > 0) hasher.int(track.place)
  return hasher.finish()
}

export function hashPlayed(hasher: Hasher, track: PlayedTrack): Hasher {
  return hashTrack(hasher.start(PLAYED), track).int(track.playedAt).finish()
}

export function hashSession(hasher: Hasher, session: Session): Hasher {
  const { outcome, request } = session
  hasher.start(SESSION).text(session.clientId).int(session.requestId).int(session.lastUsed)
  hasher.int(request.a).int(request.b)
  hasher.text(outcome.word).int(OUTCOME_CODES.indexOf(outcome.code)).text(outcome.id)
  hasher
    .int(outcome.position)
    .int(outcome.total)
    .int(outcome.track === null ? 0 : 1)
  if (outcome.track !== null) hashTrack(hasher, outcome.track)
  if (session.batch !== null) hasher.int(session.batch.a).int(session.batch.b)
  return hasher.finish()
}

/**
 * What the client asked for, without the bounds: those are the accepting node's, and a retry may be
 * accepted by another one.
 */
export function hashRequest(hasher: Hasher, operation: Operation): Hasher {
  hasher.start(REQUEST).text(operation.kind)
  switch (operation.kind) {
    case 'ADD':
      hasher.text(operation.id).text(operation.title).text(operation.artist)
      return hasher.int(operation.duration).finish()
    case 'REMOVE':
      return hasher.text(operation.id).finish()
    case 'VOTE':
      return hasher
        .text(operation.id)
        .int(operation.up ? 1 : 0)
        .finish()
    case 'PLAY':
      return hasher.finish()
    default:
      return unreachable(operation)
  }
}

function hashTrack(hasher: Hasher, track: Track): Hasher {
  hasher.text(track.id).text(track.title).text(track.artist)
  return hasher.int(track.votes).int(track.duration)
}
