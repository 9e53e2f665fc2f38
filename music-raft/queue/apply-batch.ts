import type { Batch } from './batch.ts'
import { hashAdd } from './elements.ts'
import type { Hasher } from './hash.ts'
import { OUTCOME_CODES, type OutcomeCode } from './outcome.ts'
import { lastRequestId, type Remembered, recall, remember } from './remembered.ts'
import type { Session } from './session.ts'
import type { QueueState } from './state.ts'
import type { QueuedTrack } from './track.ts'

/**
 * Applies the tracks of a batch in order, each as the ADD it stands for would be, and remembers what
 * came of them.
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
  // Request ids ascend: what is repeated comes first, and from here on all is new.
  let repeated = 0
  for (const [place, track] of tracks.entries()) {
    const { a, b } = hashAdd(hasher, track)
    const requestId = firstRequestId + (offsets[place] ?? 0)
    let code: OutcomeCode
    if (known !== undefined && requestId <= known.requestId) {
      repeated += 1
      code = answerAgain(known, requestId, a, b)
    } else code = add(state, track, maxTracks)
    codes[place] = OUTCOME_CODES.indexOf(code)
    requests[place] = a
  }
  if (known !== undefined && repeated === tracks.length) {
    sessions.put({ ...known, lastUsed: index }) // it lives, whatever it asks
  } else {
    const added = {
      firstRequestId: firstRequestId + (offsets[repeated] ?? 0),
      offsets: rebased(offsets, repeated),
      requests: requests.slice(repeated),
      codes: codes.slice(repeated),
    }
    const batch = remember(hasher, known === undefined ? null : before(hasher, known), added)
    sessions.put(sessionOf(clientId, index, batch, state.queue.size))
  }
  sessions.evict(maxSessions)
  return codes
}

/** What a repeated request is told, of what is known of its client. */
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
  const found = recall(batch, requestId)
  if (found === null) return 'STALE_REQUEST'
  return found.request === a ? found.code : 'REQUEST_ID_REUSED'
}

function add(state: QueueState, track: QueuedTrack, maxTracks: number): OutcomeCode {
  if (state.queued(track.id) !== undefined) return 'ALREADY_QUEUED'
  if (state.queue.size >= maxTracks) return 'QUEUE_FULL'
  state.enqueue(track)
  return 'OK'
}

/** A track that came alone may be repeated in a batch, and that batch too. */
function before(hasher: Hasher, { batch, requestId, request, outcome }: Session) {
  if (batch !== null || outcome.word !== 'ADD') return batch
  return remember(hasher, null, {
    firstRequestId: requestId,
    offsets: Uint32Array.of(0),
    requests: Int32Array.of(request.a),
    codes: Uint8Array.of(OUTCOME_CODES.indexOf(outcome.code)),
  })
}

function rebased(offsets: Uint32Array, from: number): Uint32Array {
  if (from === 0) return offsets
  const base = offsets[from] ?? 0
  return offsets.slice(from).map((offset) => offset - base)
}

/** The fields of one answer are those of the last track; everything else is in `batch`. */
function sessionOf(clientId: string, lastUsed: number, batch: Remembered, total: number): Session {
  const last = batch.codes.length - 1
  const code = OUTCOME_CODES[batch.codes[last] ?? 0] ?? 'OK'
  return {
    ...{ clientId, requestId: lastRequestId(batch), lastUsed },
    request: { a: batch.requests[last] ?? 0, b: 0 },
    outcome: {
      ...{ word: 'ADD', code, id: '', track: null, position: 0, total },
      ...{ detail: '', replayed: false },
    },
    batch,
  }
}
