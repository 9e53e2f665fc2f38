import type { Message, NodeId } from '../../messages.ts'
import { isRequest } from './rpc.ts'

/** Chances and times of a network, times in ticks. */
export interface Weather {
  readonly loseRequest: number
  readonly loseResponse: number
  /** At least one tick, at most this many more. */
  readonly delay: number
  /** Two thirds of the responses take up to this much longer, so that they overtake each other. */
  readonly reorder: number
}

export const FAIR: Weather = { loseRequest: 0, loseResponse: 0, delay: 0, reorder: 0 }
/** What the lab calls unreliable: one in ten lost each way, up to 26 ms late. */
export const FOUL: Weather = { loseRequest: 0.1, loseResponse: 0.1, delay: 5, reorder: 0 }
/** The lab's long reordering: 0.2 to 2.4 s, in ticks of 5 ms. */
export const LONG_REORDERING = 440
const LEAST_REORDERING = 40

interface Flying {
  readonly message: Message
  readonly arrives: number
}

/**
 * The lab's network: servers are connected to it or not, both ways at once, and what passes is
 * counted. A message needs both ends connected when it leaves and when it arrives.
 */
export class Network {
  readonly #random: () => number
  readonly #disconnected = new Set<NodeId>()
  /** Pairs that hear nothing of each other, as "a-b" with a < b. */
  readonly #split = new Set<string>()
  #flying: Flying[] = []
  /** Ticks that everything to and from a server takes longer. */
  readonly slow = new Map<NodeId, number>()
  weather: Weather = FAIR
  /** Requests sent: the lab's count of RPCs. */
  requests = 0
  /** Bytes of entries and of everything around them, roughly. */
  bytes = 0

  constructor(random: () => number) {
    this.#random = random
  }

  isConnected(id: NodeId): boolean {
    return !this.#disconnected.has(id)
  }

  connect(id: NodeId): void {
    this.#disconnected.delete(id)
  }

  disconnect(id: NodeId): void {
    this.#disconnected.add(id)
  }

  /** Servers hear those of their own group alone. */
  partition(...groups: readonly (readonly NodeId[])[]): void {
    this.#split.clear()
    for (const group of groups) {
      for (const other of groups) {
        if (group === other) continue
        for (const a of group) for (const b of other) if (a < b) this.#split.add(`${a}-${b}`)
      }
    }
  }

  heal(): void {
    this.#split.clear()
    this.#disconnected.clear()
  }

  send(message: Message, now: number): void {
    this.#count(message)
    if (!this.#passes(message)) return
    const { loseRequest, loseResponse, delay, reorder } = this.weather
    const request = isRequest(message)
    if (this.#random() < (request ? loseRequest : loseResponse)) return
    const late = Math.max(this.slow.get(message.from) ?? 0, this.slow.get(message.to) ?? 0)
    let arrives = now + 1 + late + Math.floor(this.#random() * (delay + 1))
    if (!request && reorder > 0 && this.#random() < 2 / 3) {
      arrives += LEAST_REORDERING + Math.floor(this.#random() * (1 + this.#random() * reorder))
    }
    this.#flying.push({ message, arrives })
  }

  /** What arrives by now, in the order in which it was sent. */
  take(now: number): Message[] {
    const due = this.#flying.filter(({ arrives }) => arrives <= now)
    if (due.length === 0) return []
    this.#flying = this.#flying.filter(({ arrives }) => arrives > now)
    return due.map(({ message }) => message).filter((message) => this.#passes(message))
  }

  #passes({ from, to }: Message): boolean {
    if (this.#disconnected.has(from) || this.#disconnected.has(to)) return false
    return !this.#split.has(from < to ? `${from}-${to}` : `${to}-${from}`)
  }

  #count(message: Message): void {
    if (!isRequest(message)) return
    this.requests += 1
    this.bytes += ENVELOPE_BYTES
    if (message.type === 'InstallSnapshot') this.bytes += message.length
    if (message.type !== 'AppendEntries') return
    for (const { encoded } of message.entries) this.bytes += encoded.length
  }
}

/** More than an AppendEntries without entries takes on the wire. */
const ENVELOPE_BYTES = 64
