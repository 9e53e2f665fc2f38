import { freePorts } from '../ports.ts'
import { type Direction, Relay } from './relay.ts'

/** A process that others connect to. */
export interface Listener {
  readonly name: string
  readonly port: number
}

interface Way {
  readonly relay: Relay
  readonly direction: Direction
}

/**
 * A relay for each ordered pair of processes, so that every connection between two of them can be cut,
 * slowed and broken, each way by itself. `address(from, to)` is what `from` must be told of `to`.
 */
export class RelayMesh implements AsyncDisposable {
  readonly #relays: ReadonlyMap<string, Relay>

  private constructor(relays: ReadonlyMap<string, Relay>) {
    this.#relays = relays
  }

  static async between(names: readonly string[], listeners: readonly Listener[]) {
    const pairs = names.flatMap((from) =>
      listeners.filter(({ name }) => name !== from).map((to) => ({ from, to })),
    )
    const ports = await freePorts(pairs.length)
    const relays = new Map<string, Relay>()
    for (const [index, { from, to }] of pairs.entries()) {
      relays.set(key(from, to.name), await Relay.start(ports[index] ?? 0, to.port))
    }
    return new RelayMesh(relays)
  }

  address(from: string, to: string): string {
    const relay = this.#relays.get(key(from, to))
    if (relay === undefined) throw new Error(`no relay from ${from} to ${to}`)
    return `127.0.0.1:${relay.port}`
  }

  /** Connections that `from` has opened to `to` so far. */
  carried(from: string, to: string): number {
    return this.#relays.get(key(from, to))?.carried ?? 0
  }

  /** Nothing that `from` sends reaches `to`, whoever opened the connection. */
  cut(from: string, to: string): void {
    for (const { relay, direction } of this.#ways(from, to)) relay.cut(direction)
  }

  /** What `from` sends takes so many milliseconds longer to `to`. */
  slow(from: string, to: string, delayMs: number): void {
    for (const { relay, direction } of this.#ways(from, to)) relay.slow(direction, delayMs)
  }

  /** Breaks the connections between the two; both ends are told. */
  reset(one: string, other: string): void {
    for (const { relay } of this.#ways(one, other)) relay.reset()
  }

  /** Ends cuts and slowness between the two, or everywhere. */
  heal(one?: string, other?: string): void {
    if (one === undefined || other === undefined) {
      for (const relay of this.#relays.values()) relay.heal()
    } else {
      for (const { relay } of this.#ways(one, other)) relay.heal()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#relays.values()].map((relay) => relay.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #ways(from: string, to: string): readonly Way[] {
    const there = this.#relays.get(key(from, to))
    const back = this.#relays.get(key(to, from))
    if (there === undefined && back === undefined) throw new Error(`no relay: ${from}, ${to}`)
    return [
      ...(there === undefined ? [] : [{ relay: there, direction: 'there' } as const]),
      ...(back === undefined ? [] : [{ relay: back, direction: 'back' } as const]),
    ]
  }
}

function key(from: string, to: string): string {
  return `${from} ${to}`
}
