import type { ObservedTrack } from './queue-history.ts'

export interface Queued extends ObservedTrack {
  /** How many tracks had been added before it. */
  readonly arrival: number
  /** Of what does not change. */
  readonly content: Hash
}

/** The last track played, and those before it. */
interface Played {
  readonly track: ObservedTrack
  readonly before: Played | null
  readonly count: number
}

/** A list that is read from its end. */
interface PlayedList {
  readonly length: number
  at(place: number): ObservedTrack | undefined
}

/**
 * A state of the queue that later ones share most of. Its key is a hash of 64 bits that each step
 * changes by what it changed: two states that differ have the same key once in 10^19 comparisons.
 */
export class QueueState {
  /** Most votes first, then first come. */
  readonly queue: readonly Queued[]
  readonly #history: Played | null
  readonly #added: number
  readonly #hash: Hash

  constructor(queue: readonly Queued[], history: Played | null, added: number, hash: Hash) {
    this.queue = queue
    this.#history = history
    this.#added = added
    this.#hash = hash
  }

  get key(): string {
    const { a, b } = this.#hash
    return String.fromCharCode(a >>> 16, a & 0xffff, b >>> 16, b & 0xffff)
  }

  has(id: string): boolean {
    return this.get(id) !== null
  }

  get(id: string): Queued | null {
    return this.queue.find((track) => track.id === id) ?? null
  }

  /** From 1; 0: it is not queued. */
  position(id: string): number {
    return this.queue.findIndex((track) => track.id === id) + 1
  }

  add(track: Omit<ObservedTrack, 'votes'>): QueueState {
    const { id, title, artist, duration } = track
    const content = contentOf(track)
    const added = { id, title, artist, votes: 0, duration, arrival: this.#added, content }
    const hash = plus(this.#hash, hashOf(added), 1)
    return new QueueState(insert(this.queue, added), this.#history, this.#added + 1, hash)
  }

  remove(track: Queued): QueueState {
    const hash = plus(this.#hash, hashOf(track), -1)
    return new QueueState(without(this.queue, track), this.#history, this.#added, hash)
  }

  vote(track: Queued, votes: number): QueueState {
    const { id, title, artist, duration, arrival, content } = track
    const voted = { id, title, artist, votes, duration, arrival, content }
    const hash = plus(plus(this.#hash, hashOf(track), -1), hashOf(voted), 1)
    const queue = insert(without(this.queue, track), voted)
    return new QueueState(queue, this.#history, this.#added, hash)
  }

  play(track: Queued): QueueState {
    const count = (this.#history?.count ?? 0) + 1
    const played = { track, before: this.#history, count }
    const moved = plus(this.#hash, hashOf(track), -1)
    const hash = plus(moved, hashOf({ ...track, arrival: -count }), 1)
    return new QueueState(without(this.queue, track), played, this.#added, hash)
  }

  /** The newest `most` tracks played, in the order they were played. */
  played(most: number): PlayedList {
    let last = this.#history
    const count = last?.count ?? 0
    const length = Math.min(count, most)
    return {
      length,
      at: (place) => {
        const wanted = count - length + place + 1
        if ((last?.count ?? 0) < wanted) last = this.#history
        while (last !== null && last.count > wanted) last = last.before
        return last?.track
      },
    }
  }
}

function insert(queue: readonly Queued[], track: Queued): readonly Queued[] {
  const after = queue.findIndex(
    ({ votes, arrival }) =>
      votes < track.votes || (votes === track.votes && arrival > track.arrival),
  )
  return queue.toSpliced(after === -1 ? queue.length : after, 0, track)
}

function without(queue: readonly Queued[], track: Queued): readonly Queued[] {
  return queue.toSpliced(queue.indexOf(track), 1)
}

interface Hash {
  readonly a: number
  readonly b: number
}

/** The sum of the elements' hashes: each carries its place, so the order of adding does not matter. */
function plus(hash: Hash, element: Hash, times: 1 | -1): Hash {
  return { a: (hash.a + times * element.a) | 0, b: (hash.b + times * element.b) | 0 }
}

/** Two lanes of FNV-1a with a mix at the end. */
class Hasher {
  #a = 0x811c9dc5 | 0
  #b = 0x2545f491 | 0

  word(value: number): this {
    this.#a = Math.imul(this.#a ^ value, 0x01000193)
    this.#b = Math.imul(this.#b ^ value, 0x5bd1e995)
    this.#b ^= this.#b >>> 15
    return this
  }

  text(text: string): this {
    this.word(text.length)
    for (let i = 0; i < text.length; i++) this.word(text.charCodeAt(i))
    return this
  }

  end(): Hash {
    return { a: mix(this.#a), b: mix(this.#b) }
  }
}

function hashOf({ content, votes, arrival }: Queued): Hash {
  return new Hasher().word(content.a).word(content.b).word(votes).word(arrival).end()
}

/** A track is added again and again in the orders that are tried. */
const contents = new WeakMap<object, Hash>()

function contentOf(track: Omit<ObservedTrack, 'votes'>): Hash {
  const known = contents.get(track)
  if (known !== undefined) return known
  const { id, title, artist, duration } = track
  const content = new Hasher().text(id).text(title).text(artist).word(duration).end()
  contents.set(track, content)
  return content
}

function mix(lane: number): number {
  const first = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35)
  return second ^ (second >>> 16)
}

/** An empty queue, an empty history. */
export const NOTHING = new QueueState([], null, 0, { a: 0, b: 0 })
