import { utf8Length } from './bytes.ts'
import { QueueError } from './errors.ts'

// The rules of requests, for both ends of the log: the node that accepts a request checks before it
// encodes, and every replica checks again when it decodes. Constants, not configuration: a rule that
// differed between replicas would make them apply the same entry differently (R22).

export const MAX_ID_BYTES = 128
export const MAX_TEXT_BYTES = 512
/** Seconds: a day. */
export const MAX_DURATION = 86_400

/**
 * How much the machine may hold. Configuration of the node that *accepts* a command; it travels
 * inside the command, so that all replicas apply the same bound to the same entry whatever their
 * own configuration says (R22: every rule that affects apply is in the log).
 */
export interface Limits {
  /**
   * ADD is refused while the queue holds this many. A track takes about 220 bytes of memory with
   * short texts, 1.5 kB with ASCII texts of full length, 2.5 kB at worst; a played one the same.
   */
  readonly maxTracks: number
  /** PLAY keeps this many of the newest played tracks. */
  readonly maxHistory: number
  /** Clients whose last answer is remembered. */
  readonly maxSessions: number
}

/** No node may be configured above these, whoever encoded the command. */
export const LIMIT_CEILINGS: Limits = {
  maxTracks: 10_000_000,
  maxHistory: 10_000_000,
  maxSessions: 1_000_000,
}

export const DEFAULT_LIMITS: Limits = {
  maxTracks: 1_000_000,
  maxHistory: 100_000,
  maxSessions: 10_000,
}

/** Who asks, so that a retry takes effect once (R16). */
export interface RequestIdentity {
  /** UUID, lower case. */
  readonly clientId: string
  /** Increases from one request of the client to its next; 0 … 2^53−1. */
  readonly requestId: number
}

/** What AddTrack takes. `votes` of the request is ignored: a track starts at 0. */
export interface NewTrack {
  readonly id: string
  readonly title: string
  readonly artist: string
  readonly duration: number
}

/** A part of a list: `limit` tracks from the `offset`-th on (from 0). */
export interface Page {
  readonly offset: number
  readonly limit: number
}

/** All of these throw QueueError INVALID_ARGUMENT that names the field and says what is allowed. */
export function checkId(value: unknown): string {
  return checkText('id', value, 1, MAX_ID_BYTES)
}

export function checkNewTrack(request: {
  readonly id: unknown
  readonly title: unknown
  readonly artist: unknown
  readonly duration: unknown
}): NewTrack {
  return {
    id: checkId(request.id),
    title: checkText('title', request.title, 0, MAX_TEXT_BYTES),
    artist: checkText('artist', request.artist, 0, MAX_TEXT_BYTES),
    duration: checkInteger('duration', request.duration, 0, MAX_DURATION, ' (seconds)'),
  }
}

export function checkUp(value: unknown): boolean {
  if (typeof value !== 'boolean') refuse('up', 'must be true or false')
  return value
}

/** A UUID of any version; letter case does not matter and is lost. */
export function checkClientId(value: unknown): string {
  if (typeof value !== 'string' || !UUID.test(value)) {
    refuse('x-client-id', 'must be a UUID like 2894e6fd-267d-42d8-9b3e-8c383bed93ce')
  }
  return value.toLowerCase()
}

export function checkRequestId(value: unknown): number {
  // as text (gRPC metadata) only plain digits: Number() would take '', '1e3' and '0x10'
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return checkInteger('x-request-id', number, 0, Number.MAX_SAFE_INTEGER, '')
}

/**
 * The identity in a request's metadata: both parts or neither.
 * @returns null where the client sent none: its request is applied each time it arrives.
 */
export function checkIdentity(clientId: unknown, requestId: unknown): RequestIdentity | null {
  if (clientId === undefined && requestId === undefined) return null
  if (clientId === undefined) refuse('x-client-id', 'must come with x-request-id')
  if (requestId === undefined) refuse('x-request-id', 'must come with x-client-id')
  return { clientId: checkClientId(clientId), requestId: checkRequestId(requestId) }
}

export function checkPage(offset: unknown, limit: unknown): Page {
  return {
    offset: checkInteger('offset', offset, 0, Number.MAX_SAFE_INTEGER, ''),
    limit: checkInteger('limit', limit, 0, Number.MAX_SAFE_INTEGER, ''),
  }
}

export function checkLimits(limits: Limits): Limits {
  return {
    maxTracks: checkLimit('maxTracks', limits.maxTracks),
    maxHistory: checkLimit('maxHistory', limits.maxHistory),
    maxSessions: checkLimit('maxSessions', limits.maxSessions),
  }
}

export function checkLimit(field: keyof Limits, value: unknown): number {
  return checkInteger(field, value, 1, LIMIT_CEILINGS[field], '')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const LONE_SURROGATE = /\p{Surrogate}/u

function checkText(field: string, value: unknown, minBytes: number, maxBytes: number): string {
  const allowed = () => `must be ${minBytes === 0 ? 'at most ' : '1–'}${maxBytes} bytes of UTF-8`
  if (typeof value !== 'string') refuse(field, allowed())
  // every unit takes a byte or more: a huge text is refused before it is measured
  const bytes = value.length > maxBytes ? value.length : utf8Length(value)
  if (bytes < minBytes) refuse(field, `${allowed()}; it is empty`)
  if (bytes > maxBytes) refuse(field, `${allowed()}; it is longer`)
  // As many bytes as units: it is ASCII.
  if (bytes !== value.length && LONE_SURROGATE.test(value)) {
    refuse(field, `${allowed()}; it has half a character in it`)
  }
  return value
}

function checkInteger(field: string, value: unknown, min: number, max: number, unit: string) {
  if (!Number.isSafeInteger(value) || Number(value) < min || Number(value) > max) {
    refuse(field, `must be an integer in ${min} … ${max}${unit}`)
  }
  return Number(value) + 0 // −0 has no encoding of its own
}

function refuse(field: string, rule: string): never {
  throw new QueueError('INVALID_ARGUMENT', `${field} ${rule}`, field)
}
