import { type Batch, checkOf } from './batch.ts'
import type { Operation } from './command.ts'
import { hashRequest } from './elements.ts'
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
  { clientId, maxSessions, maxTracks, firstRequestId, offsets, tracks, checks }: Batch,
): Uint8Array {
  const { sessions } = state
  const known = sessions.get(clientId)
  const codes = new Uint8Array(tracks.length)
  // Request ids ascend: what is repeated comes first, and from here on all is new.
  let repeated = 0
  for (const [place, track] of tracks.entries()) {
    const requestId = firstRequestId + (offsets[place] ?? 0)
    let code: OutcomeCode
    if (known !== undefined && requestId <= known.requestId) {
      repeated += 1
      code = answerAgain(hasher, known, requestId, { kind: 'ADD', maxTracks, ...track })
    } else code = add(state, track, maxTracks)
    if (code !== 'OK') codes[place] = OUTCOME_CODES.indexOf(code)
  }
  if (known !== undefined && repeated === tracks.length) {
    sessions.put({ ...known, lastUsed: index }) // it lives, whatever it asks
  } else {
    const added = {
      firstRequestId: firstRequestId + (offsets[repeated] ?? 0),
      offsets: rebased(offsets, repeated),
      checks: checks.slice(repeated),
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
  hasher: Hasher,
  { requestId: last, request, outcome, batch }: Session,
  requestId: number,
  operation: Operation,
): OutcomeCode {
  if (batch === null) {
    if (requestId < last) return 'STALE_REQUEST'
    const { a, b } = hashRequest(hasher, operation)
    return a === request.a && b === request.b ? outcome.code : 'REQUEST_ID_REUSED'
  }
  const found = recall(batch, requestId)
  if (found === null) return 'STALE_REQUEST'
  const isSame = operation.kind === 'ADD' && checkOf(operation) === found.check
  return isSame ? found.code : 'REQUEST_ID_REUSED'
}

function add(state: QueueState, track: QueuedTrack, maxTracks: number): OutcomeCode {
  if (state.queued(track.id) !== undefined) return 'ALREADY_QUEUED'
  if (state.queue.size >= maxTracks) return 'QUEUE_FULL'
  state.enqueue(track)
  return 'OK'
}

/** A track that came alone, and was queued, may be repeated in a batch, and that batch too. */
function before(hasher: Hasher, { batch, requestId, outcome }: Session) {
  const { word, code, track } = outcome
  if (batch !== null || word !== 'ADD' || code !== 'OK' || track === null) return batch
  return remember(hasher, null, {
    firstRequestId: requestId,
    offsets: Uint32Array.of(0),
    checks: Int32Array.of(checkOf(track)),
    codes: Uint8Array.of(0),
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
    request: { a: batch.checks[last] ?? 0, b: 0 },
    outcome: {
      ...{ word: 'ADD', code, id: '', track: null, position: 0, total },
      ...{ detail: '', replayed: false },
    },
    batch,
  }
}
