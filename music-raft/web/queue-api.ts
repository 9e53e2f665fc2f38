import { type Outcome, outcomeOf } from './model/outbox.ts'
import type { Page } from './model/paged-list.ts'

export interface Track {
  readonly id: string
  readonly title: string
  readonly artist: string
  readonly votes: number
  /** Seconds. */
  readonly duration: number
}

export type ListName = 'GetQueue' | 'GetHistory'

/** A part of a list, and whether the leader vouched for it. */
export interface Listed extends Page<Track> {
  readonly confirmed: boolean
}

/** Longer than any node lets a call wait. */
const TIMEOUT_MS = 8000

/** Names this page to the cluster, for as long as it is open. */
export const clientId = uuid()

/**
 * A part of a list as the leader confirms it; where nobody leads, as the node has it. Rejects where not
 * even that is to be had.
 */
export async function readList(
  name: ListName,
  offset: number,
  limit: number,
  signal?: AbortSignal,
): Promise<Listed> {
  const confirmed = await post(`queue/${name}`, { offset, limit }, {}, signal)
  if (confirmed.status === 200) return listOf(confirmed.body, true)
  const stale = { 'x-consistency': 'stale' }
  const { status, body } = await post(`queue/${name}`, { offset, limit }, stale, signal)
  if (status !== 200) throw new Error(`answer ${status}`)
  return listOf(body, false)
}

/** One attempt at a change. The same two ids name the same change, however often it is sent. */
export async function sendChange(
  rpc: string,
  body: unknown,
  requestId: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const headers = {
    'x-client-id': clientId,
    'x-request-id': String(requestId),
    'x-answer': 'brief',
  }
  try {
    const answer = await post(`queue/${rpc}`, body, headers, signal)
    return outcomeOf(answer.status, answer.body)
  } catch {
    return { kind: 'unknown', message: 'no answer from the node' }
  }
}

export interface HttpAnswer {
  readonly status: number
  readonly body: unknown
}

/** Rejects where there is no answer. */
export async function post(
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(`./api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-node': 'page', ...headers },
    body: JSON.stringify(body),
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  })
  const text = await response.text()
  return { status: response.status, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function listOf(body: unknown, confirmed: boolean): Listed {
  const { queue, total } = (typeof body === 'object' && body !== null ? body : {}) as {
    queue?: unknown
    total?: unknown
  }
  const items = Array.isArray(queue) ? queue.map(trackOf) : []
  return { items, total: Number(total ?? items.length), confirmed }
}

function trackOf(value: unknown): Track {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<Track>
  return {
    id: String(given.id ?? ''),
    title: String(given.title ?? ''),
    artist: String(given.artist ?? ''),
    votes: Number(given.votes ?? 0),
    duration: Number(given.duration ?? 0),
  }
}

/** crypto.randomUUID() is there for pages over HTTPS or from localhost only. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}
