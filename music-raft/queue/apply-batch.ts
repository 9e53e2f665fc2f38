import type { Batch } from './batch.ts'
import { hashAdd, hashRemembered } from './elements.ts'
import type { Hasher } from './hash.ts'
import { type AppliedOutcome, OUTCOME_CODES, type OutcomeCode } from './outcome.ts'
import { placeOf, type Remembered, type Session } from './session.ts'
import type { QueueState } from './state.ts'
import type { QueuedTrack } from './track.ts'

/**
 * Applies the tracks of a batch in order, each as the ADD it stands for would be, and remembers what
 * came of all of them as the client's last answer.
 * @returns for each track the place of its outcome in OUTCOME_CODES.
 */
export function applyBatch(
  state: QueueState,
  hasher: Hasher,
  index: number,
  { clientId, maxSessions, maxTracks, firstRequestId, offsets, tracks }: Batch,
): Uint8Array {
  const { sessions } = state
  const known = sessions.get(clientId)
  const codes = new Uint8Array(tracks.length)
  const requests = new Int32Array(tracks.length)
  let isNew = false
  for (const [place, track] of tracks.entries()) {
    const { a, b } = hashAdd(hasher, track)
    const requestId = firstRequestId + (offsets[place] ?? 0)
    isNew = known === undefined || requestId > known.requestId
    const code =
      known === undefined || isNew
        ? add(state, track, maxTracks)
        : answerAgain(known, requestId, a, b)
    codes[place] = OUTCOME_CODES.indexOf(code)
    requests[place] = a
  }
  if (known !== undefined && !isNew) {
    sessions.put({ ...known, lastUsed: index }) // it lives, whatever it asks
  } else {
    const batch = remembered(hasher, { firstRequestId, offsets, requests, codes })
    sessions.put(sessionOf(clientId, index, batch, state.queue.size))
  }
  sessions.evict(maxSessions)
  return codes
}

/** What a repeated request is told, where the client's last answers are known. */
export function answerAgain(
  { requestId: last, request, outcome, batch }: Session,
  requestId: number,
  a: number,
  b: number,
): OutcomeCode {
  if (batch === null) {
    if (requestId < last) return 'STALE_REQUEST'
    return a === request.a && b === request.b ? outcome.code : 'REQUEST_ID_REUSED'
  }
  const place = placeOf(batch, requestId)
  if (place === -1) return 'STALE_REQUEST'
  if (batch.requests[place] !== a) return 'REQUEST_ID_REUSED'
  return OUTCOME_CODES[batch.codes[place] ?? -1] ?? 'STALE_REQUEST'
}

export function remembered(hasher: Hasher, batch: Omit<Remembered, 'a' | 'b'>): Remembered {
  const { a, b } = hashRemembered(hasher, batch)
  return { ...batch, a, b }
}

function add(state: QueueState, track: QueuedTrack, maxTracks: number): OutcomeCode {
  if (state.queued(track.id) !== undefined) return 'ALREADY_QUEUED'
  if (state.queue.size >= maxTracks) return 'QUEUE_FULL'
  state.enqueue(track)
  return 'OK'
}

/** The fields of one answer are those of the last track; everything else is in `batch`. */
function sessionOf(clientId: string, lastUsed: number, batch: Remembered, total: number): Session {
  const last = batch.codes.length - 1
  const code = OUTCOME_CODES[batch.codes[last] ?? 0] ?? 'OK'
  const outcome: AppliedOutcome = {
    ...{ word: 'ADD', code, id: '', track: null, position: 0, total },
    ...{ detail: '', replayed: false },
  }
  return {
    clientId,
    requestId: batch.firstRequestId + (batch.offsets[last] ?? 0),
    lastUsed,
    request: { a: batch.requests[last] ?? 0, b: 0 },
    outcome,
    batch,
  }
}
