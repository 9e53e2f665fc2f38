import { CodedError } from '../../common/errors.ts'
import { MAX_MESSAGE_BYTES } from '../../common/rpc.ts'
import type { CallContext, Served } from '../../common/rpc-server.ts'
import type { QueueMachine } from '../queue/queue.ts'

const MIB = 1024 * 1024

/** Bounds of the lists that clients asked for and have not taken yet; bytes by estimate. */
export interface ListBounds {
  /** Made in one turn of the event loop: a list of 4 MiB takes it some 20 ms (S14). */
  readonly makingBytes: number
  /** Not taken by one connection (T14): who reads slowly waits for itself. */
  readonly connectionBytes: number
  readonly totalBytes: number
  readonly waiting: number
  /** Waiting longer than this is refused. */
  readonly waitMs: number
}

export const LIST_BOUNDS: ListBounds = {
  makingBytes: 16 * MIB,
  connectionBytes: 32 * MIB,
  totalBytes: 256 * MIB,
  waiting: 1024,
  waitMs: 5000,
}

/** A track with the longest texts, in a message. */
const MOST_TRACK_BYTES = 1200

type Handler = Served['handlers'][string]

/** GetQueue and GetHistory of `served`, within bounds. */
export function withBoundedLists(served: Served, machine: () => QueueMachine): Served {
  const lists = new Lists(LIST_BOUNDS)
  const bounded = (name: string, size: () => number): Handler => {
    const handler = served.handlers[name]
    if (handler === undefined) throw new Error(`method ${name} has no handler`)
    return (request, call) => {
      const { limit } = request as { limit: number }
      const tracks = limit > 0 ? Math.min(limit, size()) : size()
      const bytes = Math.min(tracks * MOST_TRACK_BYTES, MAX_MESSAGE_BYTES)
      return lists.list(call as CallContext, bytes, () => handler(request, call))
    }
  }
  const handlers = {
    GetQueue: bounded('GetQueue', () => machine().size),
    GetHistory: bounded('GetHistory', () => machine().historySize),
  }
  return { ...served, handlers: { ...served.handlers, ...handlers } }
}

interface Asked {
  readonly peer: string
  readonly bytes: number
  isHeld: boolean
  isOver: boolean
  /** Set while it waits. */
  begin: (() => void) | null
}

/**
 * A client that asks for lists and does not read them would fill this process's memory with them, and
 * asked for all at once they would stop its heartbeats.
 */
export class Lists {
  readonly #bounds: ListBounds
  readonly #untaken = new Map<string, number>()
  #total = 0
  #making = 0
  #waiting: Asked[] = []

  constructor(bounds: ListBounds) {
    this.#bounds = bounds
  }

  /** Bytes that were made, or are being made, and not taken yet. */
  get untakenBytes(): number {
    return this.#total
  }

  /** Rejects with CodedError OVERLOADED, or CALLER_GONE, or like `make`. */
  async list<T>(
    { peer, onEnd }: Pick<CallContext, 'peer' | 'onEnd'>,
    bytes: number,
    make: () => Promise<T>,
  ): Promise<T> {
    const asked: Asked = { peer, bytes, isHeld: false, isOver: false, begin: null }
    onEnd(() => {
      asked.isOver = true
      this.#stopsWaiting(asked)
      if (!asked.isHeld) return
      this.#take(peer, -bytes)
      this.#next()
    })
    if (this.#fits(asked)) this.#hold(asked)
    else await this.#turn(asked)
    try {
      if (asked.isOver) throw new CodedError('CALLER_GONE')
      return await make()
    } finally {
      // In this turn the reply is encoded.
      setImmediate(() => {
        this.#making -= bytes
        this.#next()
      })
    }
  }

  #fits({ peer, bytes }: Asked): boolean {
    const { makingBytes, connectionBytes, totalBytes } = this.#bounds
    const within = (held: number, most: number) => held === 0 || held + bytes <= most
    return (
      within(this.#making, makingBytes) &&
      within(this.#untaken.get(peer) ?? 0, connectionBytes) &&
      within(this.#total, totalBytes)
    )
  }

  #hold(asked: Asked): void {
    asked.isHeld = true
    this.#making += asked.bytes
    this.#take(asked.peer, asked.bytes)
  }

  #turn(asked: Asked): Promise<void> {
    const { waiting, waitMs } = this.#bounds
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= waiting) {
        reject(new CodedError('OVERLOADED'))
        return
      }
      const late = setTimeout(() => {
        this.#stopsWaiting(asked)
        reject(new CodedError('OVERLOADED'))
      }, waitMs)
      asked.begin = () => {
        clearTimeout(late)
        resolve()
      }
      this.#waiting.push(asked)
    })
  }

  #stopsWaiting(asked: Asked): void {
    this.#waiting = this.#waiting.filter((each) => each !== asked)
  }

  /** Those that fit, in order: nobody waits for another's slow reading. */
  #next(): void {
    for (const asked of this.#waiting) {
      if (!this.#fits(asked)) continue
      this.#stopsWaiting(asked)
      this.#hold(asked)
      asked.begin?.()
    }
  }

  #take(peer: string, bytes: number): void {
    this.#total += bytes
    const held = (this.#untaken.get(peer) ?? 0) + bytes
    if (held === 0) this.#untaken.delete(peer)
    else this.#untaken.set(peer, held)
  }
}
