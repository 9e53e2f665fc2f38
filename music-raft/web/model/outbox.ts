/** A change of the queue, as a viewer asked for it. */
export interface Change {
  readonly rpc: 'AddTrack' | 'RemoveTrack' | 'VoteTrack' | 'PlayNext'
  readonly body: Readonly<Record<string, unknown>>
  /** For people, with the text of users kept apart. */
  readonly words: string
  readonly subject: string
  /** Of the track it is about; '' where it is about none. */
  readonly trackId: string
}

/**
 * - `waiting`: not sent yet.
 * - `pending`: sent, not answered.
 * - `retrying`: it took no effect so far, and is sent again.
 * - `unknown`: it may have taken effect; it is sent again with the same number, which takes effect once.
 * - `done`, `noEffect`, `refused`: answered.
 * - `abandoned`: the viewer asks no more; whether it took effect stays unknown.
 */
export type WriteState =
  | 'waiting'
  | 'pending'
  | 'retrying'
  | 'unknown'
  | 'done'
  | 'noEffect'
  | 'refused'
  | 'abandoned'

export interface Write extends Change {
  /** Counts this page's changes: with the client's id it names this one for ever. */
  readonly requestId: number
  readonly state: WriteState
  readonly attempts: number
  /** What came of it, or why not yet. */
  readonly message: string
}

/** How one attempt ended. */
export type Outcome =
  | { readonly kind: 'done'; readonly message: string }
  /** Answered, and nothing changed. */
  | { readonly kind: 'noEffect'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }
  /** Nothing was begun: the same again may succeed. */
  | { readonly kind: 'later'; readonly message: string }
  /** No answer, or one that says so. */
  | { readonly kind: 'unknown'; readonly message: string }

/** Answered ones that are kept to be looked at. */
export const MOST_SETTLED = 30
/** More than anybody clicks; a page must not grow without end while no node answers. */
export const MOST_OPEN = 100

const OPEN: ReadonlySet<WriteState> = new Set(['waiting', 'pending', 'retrying', 'unknown'])

/**
 * The changes of this page, one after the other: a client has one under way at a time, because a node
 * remembers its last answer alone. The same number is sent until there is an answer, and nothing is
 * called done or refused that was not answered so.
 */
export class Outbox {
  #writes: readonly Write[] = []
  #lastId = 0

  get writes(): readonly Write[] {
    return this.#writes
  }

  get open(): readonly Write[] {
    return this.#writes.filter(isOpen)
  }

  /** null: too many wait already. */
  add(change: Change): Write | null {
    if (this.open.length >= MOST_OPEN) return null
    this.#lastId += 1
    const requestId = this.#lastId
    const write: Write = { ...change, requestId, state: 'waiting', attempts: 0, message: '' }
    this.#writes = [...this.#writes, write]
    return write
  }

  /** The one to send now, the same until it is answered; null: there is none. */
  next(): Write | null {
    return this.#writes.find(isOpen) ?? null
  }

  sent(requestId: number): void {
    this.#update(requestId, (write) => ({
      ...write,
      state: write.state === 'unknown' ? 'unknown' : 'pending',
      attempts: write.attempts + 1,
    }))
  }

  /** What was unknown stays unknown until an answer settles it: a later "not begun" is of that attempt. */
  ended(requestId: number, { kind, message }: Outcome): void {
    this.#update(requestId, (write) => {
      const unsure = write.state === 'unknown' || kind === 'unknown'
      if (kind === 'later') return { ...write, state: unsure ? 'unknown' : 'retrying', message }
      if (kind === 'refused' && unsure) return { ...write, state: 'abandoned', message }
      return { ...write, state: kind, message }
    })
    this.#trim()
  }

  /** Asks no more. What was never begun is refused; of the rest nobody knows. */
  abandon(requestId: number): void {
    this.#update(requestId, (write) => {
      const begun = write.state === 'pending' || write.state === 'unknown'
      const state = begun ? 'abandoned' : 'refused'
      return { ...write, state, message: begun ? write.message : 'taken back before it was begun' }
    })
    this.#trim()
  }

  #update(requestId: number, change: (write: Write) => Write): void {
    this.#writes = this.#writes.map((write) =>
      write.requestId === requestId && isOpen(write) ? change(write) : write,
    )
  }

  #trim(): void {
    const settled = this.#writes.filter((write) => !isOpen(write))
    const gone = new Set(settled.slice(0, Math.max(0, settled.length - MOST_SETTLED)))
    if (gone.size > 0) this.#writes = this.#writes.filter((write) => !gone.has(write))
  }
}

function isOpen({ state }: Write): boolean {
  return OPEN.has(state)
}

/** What an answer over HTTP says of the attempt. */
export function outcomeOf(status: number, body: unknown): Outcome {
  const said = (name: string): string => {
    const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
    return typeof value === 'string' ? value : ''
  }
  const message = said('message')
  if (status === 200) {
    const code = said('code')
    // PlayNext answers with the track itself.
    const applied = code === 'APPLIED' || (code === '' && said('id') !== '')
    if (applied) return { kind: 'done', message }
    return { kind: 'noEffect', message: message === '' ? 'nothing changed' : message }
  }
  const words = message === '' ? `answer ${status}` : message
  if (said('outcome') === 'refused') {
    const retryable = typeof body === 'object' && body !== null && Reflect.get(body, 'retryable')
    return { kind: retryable === true ? 'later' : 'refused', message: words }
  }
  return { kind: 'unknown', message: words }
}
