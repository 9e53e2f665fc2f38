import { type Signal, signal } from '@preact/signals'
import { PAGE_SIZE, PagedList } from './model/paged-list.ts'
import { type ListName, readList, type Track } from './queue-api.ts'

/** What is known of how fresh a list is. */
export type Freshness =
  | { readonly kind: 'asking' }
  /** The leader vouched for it. */
  | { readonly kind: 'confirmed'; readonly at: number }
  /** One node has it so; nobody leads who could vouch for it. */
  | { readonly kind: 'unconfirmed'; readonly at: number }
  | { readonly kind: 'failed'; readonly since: number; readonly before: number | null }

const RETRY_MS = 1500

/** A list of the cluster's, of which the part in sight is fetched, and again when it changed. */
export class RemoteList {
  readonly list = new PagedList<Track>()
  readonly version = signal(0)
  readonly freshness: Signal<Freshness> = signal({ kind: 'asking' })
  readonly #name: ListName
  #range: readonly [number, number] = [0, 1]
  #asking = false
  #again = false
  #readAt: number | null = null

  constructor(name: ListName) {
    this.#name = name
  }

  /** Rows in sight. */
  readonly look = (first: number, end: number): void => {
    this.#range = [first, end]
    void this.#fetch()
  }

  /** Something changed in the cluster: what is in sight is fetched again. */
  changed(): void {
    this.list.invalidate()
    void this.#fetch()
  }

  async #fetch(): Promise<void> {
    this.#again = true
    if (this.#asking) return
    this.#asking = true
    while (this.#again) {
      this.#again = false
      const ok = await this.#fetchOnce()
      if (ok) continue
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      this.#again = true
    }
    this.#asking = false
  }

  async #fetchOnce(): Promise<boolean> {
    const { version } = this.list
    for (const page of this.list.needed(...this.#range)) {
      try {
        const read = await readList(this.#name, page * PAGE_SIZE, PAGE_SIZE)
        this.list.fill(page, read, version)
        this.#readAt = Date.now()
        const kind = read.confirmed ? 'confirmed' : 'unconfirmed'
        this.freshness.value = { kind, at: this.#readAt }
      } catch {
        const known = this.freshness.peek()
        const since = known.kind === 'failed' ? known.since : Date.now()
        this.freshness.value = { kind: 'failed', since, before: this.#readAt }
        return false
      } finally {
        this.version.value += 1
      }
    }
    return true
  }
}
