import { Bounded } from '../../../common/web/model/bounded.ts'
import type { AnyEvent } from '../../../common/web/model/stream-reader.ts'

/** Something worth a line: an event of the story, or what the stream itself tells. */
export interface Happening {
  /** Names it, so that one told again is no second one. */
  readonly key: string
  readonly node: string
  readonly time: number
  readonly sequence: number
  readonly event: AnyEvent
}

export const MOST_HAPPENINGS = 2000

/** What happened, in order of time. Bounded: the oldest are let go and counted. */
export class Happenings {
  #list: Happening[] = []
  readonly #keys = new Set<string>()
  #forgotten = 0
  #version = 0
  /** Names of those let go, so that a stream that begins anew does not bring them back. */
  readonly #gone = new Bounded<string>(MOST_HAPPENINGS)
  readonly #goneKeys = new Set<string>()

  get list(): readonly Happening[] {
    return this.#list
  }

  get forgotten(): number {
    return this.#forgotten
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version
  }

  /** False: it was told before. */
  add(event: AnyEvent): boolean {
    const { node, start, sequence, time, kind } = event
    const key = `${node} ${start} ${sequence} ${kind} ${String(event['peer'] ?? '')}`
    if (this.#keys.has(key) || this.#goneKeys.has(key)) return false
    this.#keys.add(key)
    this.#version += 1
    let place = this.#list.length
    while (place > 0 && (this.#list[place - 1]?.time ?? 0) > time) place -= 1
    this.#list.splice(place, 0, { key, node, time, sequence, event })
    if (this.#list.length > MOST_HAPPENINGS) this.#forget()
    return true
  }

  #forget(): void {
    const oldest = this.#list.shift()
    if (oldest === undefined) return
    this.#forgotten += 1
    this.#keys.delete(oldest.key)
    if (this.#gone.length === this.#gone.capacity) this.#goneKeys.delete(this.#gone.at(0) ?? '')
    this.#gone.push(oldest.key)
    this.#goneKeys.add(oldest.key)
  }
}
