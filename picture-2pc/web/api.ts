import { type RequestState, stateOfAnswer, unknown } from './model/answers.ts'
import { type ListPage, type Picture, pageOf } from './model/shelf.ts'

/** What does not change while the coordinator runs. */
export interface About {
  readonly node: string
  readonly participants: readonly string[]
  readonly maxPictureBytes: number | null
}

/** A change of pictures, as it is asked for. */
export interface Change {
  readonly kind: 'upload' | 'like' | 'delete' | 'remove'
  readonly filename: string
  /** Null: all, as one transaction. */
  readonly nodes: readonly string[] | null
  /** Repeats of it carry the same. */
  readonly key: string
  readonly file: File | null
}

/** Rejects where there is no answer that can be used. */
export async function about(): Promise<About> {
  const body = await json('about')
  const { node, participants, max_picture_bytes: most } = record(body)
  return {
    node: typeof node === 'string' ? node : '',
    participants: Array.isArray(participants) ? participants.map(String) : [],
    maxPictureBytes: typeof most === 'number' ? most : null,
  }
}

/** A page of what the participants hold, behind a name. Rejects where nobody answered. */
export async function list(after: string, limit: number, contains: string): Promise<ListPage> {
  const query = new URLSearchParams({ after, limit: String(limit) })
  if (contains !== '') query.set('contains', contains)
  const response = await get(`list?${query}`)
  if (!response.ok) throw new Error(await sentenceOf(response))
  const next = response.headers.get('x-next-after')
  const silent = response.headers.get('x-unreachable-nodes') ?? ''
  const nodes = silent.split(',').filter((name) => name !== '')
  return pageOf(await response.json(), next === null ? null : decodeURIComponent(next), nodes)
}

/** One picture; null: nobody that answered holds it. Rejects where nobody answered. */
export async function search(name: string): Promise<Omit<Picture, 'generation'> | null> {
  const { found, likes, nodes, unreachable } = record(await json(`search/${path(name)}`))
  if (found !== true) return null
  return {
    name,
    likes: typeof likes === 'number' ? likes : 0,
    size: null,
    uploadedAt: '',
    nodes: Array.isArray(nodes) ? nodes.map(String) : [],
    silent: Array.isArray(unreachable) ? unreachable.map(String) : [],
  }
}

/** The transactions that the coordinator remembers, newest first. */
export async function transactions(limit: number): Promise<readonly unknown[]> {
  const { transactions: all } = record(await json(`transactions?limit=${limit}`))
  return Array.isArray(all) ? all : []
}

/** Where a picture's bytes are shown from. */
export function pictureUrl({ name, generation }: Picture): string {
  return `picture/${path(name)}${generation === 0 ? '' : `?stored=${generation}`}`
}

/** Of bytes that did not show: whether they were read, and are no image or a broken one. */
export async function isReadable(url: string): Promise<boolean> {
  const answer = await get(url, 'HEAD').catch(() => null)
  return answer !== null && (answer.ok || answer.status === 415)
}

export function downloadUrl(name: string, node: string | null): string {
  return `download/${path(name)}${node === null ? '' : `?node=${encodeURIComponent(node)}`}`
}

/**
 * Asks for a change and tells how it goes on; the last that it tells is settled. XMLHttpRequest because
 * fetch() does not tell how much of a body was sent.
 */
export function change(asked: Change, progress: (state: RequestState) => void): void {
  const request = new XMLHttpRequest()
  const { method, url } = target(asked)
  request.open(method, url)
  // Nodes alone take no key: a repetition is another call to them.
  if (asked.nodes === null) request.setRequestHeader('idempotency-key', asked.key)
  request.upload.onprogress = ({ loaded, total }) => {
    progress(loaded < total ? { kind: 'sending', sent: loaded, total } : { kind: 'waiting' })
  }
  request.upload.onload = () => progress({ kind: 'waiting' })
  request.onload = () => progress(stateOfAnswer(request.status, parsed(request.responseText)))
  request.onerror = () => progress(unknown('the connection broke'))
  request.onabort = request.onerror
  if (asked.file === null) {
    progress({ kind: 'waiting' })
    request.send()
    return
  }
  progress({ kind: 'sending', sent: 0, total: asked.file.size })
  const form = new FormData()
  form.append('file', asked.file, asked.filename)
  request.send(form)
}

function target({ kind, filename, nodes }: Change): { method: string; url: string } {
  const query = (nodes ?? []).map((node) => `node=${encodeURIComponent(node)}`).join('&')
  const where = query === '' ? '' : `?${query}`
  switch (kind) {
    case 'upload':
      return { method: 'POST', url: `upload${where}` }
    case 'like':
      return { method: 'POST', url: `like/${path(filename)}` }
    case 'delete':
      return { method: 'DELETE', url: `delete-2pc/${path(filename)}` }
    case 'remove':
      return { method: 'DELETE', url: `delete/${path(filename)}${where}` }
  }
}

/** Random enough that no two meet; randomUUID() is not there where a page came over plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function path(name: string): string {
  return encodeURIComponent(name)
}

async function json(url: string): Promise<unknown> {
  const response = await get(url)
  if (!response.ok) throw new Error(await sentenceOf(response))
  return response.json()
}

async function get(url: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Response> {
  try {
    return await fetch(url, { method, cache: 'no-store' })
  } catch {
    throw new Error('The coordinator does not answer.') // browsers say no more than that it failed
  }
}

async function sentenceOf(response: Response): Promise<string> {
  const { error, message } = record(parsed(await response.text()))
  const sentence = typeof error === 'string' ? error : message
  return typeof sentence === 'string' ? sentence : `the answer was ${response.status}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
