export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
}

export const PAGE_SIZE = 100
/** Pages that are kept: those looked at last. */
export const MOST_PAGES = 40

interface Held<T> {
  readonly items: readonly T[]
  readonly version: number
  used: number
}

/** A long list of which the parts looked at are fetched page by page. Bounded. */
export class PagedList<T> {
  readonly #pages = new Map<number, Held<T>>()
  #version = 0
  #uses = 0
  #total: number | null = null

  /** null: not known yet. */
  get total(): number | null {
    return this.#total
  }

  get pages(): number {
    return this.#pages.size
  }

  /** Everything held is old: shown until it is fetched again. */
  invalidate(): void {
    this.#version += 1
  }

  get version(): number {
    return this.#version
  }

  /** Pages that the rows from `first` to before `end` need and that are missing or old. */
  needed(first: number, end: number): number[] {
    const pages: number[] = []
    const last = Math.max(0, (this.#total === null ? 1 : Math.min(end, this.#total)) - 1)
    for (
      let page = Math.floor(first / PAGE_SIZE);
      page <= Math.floor(last / PAGE_SIZE);
      page += 1
    ) {
      const held = this.#pages.get(page)
      if (held !== undefined) held.used = this.#use()
      if (held === undefined || held.version < this.#version) pages.push(page)
    }
    return pages
  }

  /** `version`: what it was when the page was asked for. */
  fill(page: number, { items, total }: Page<T>, version: number): void {
    const held = this.#pages.get(page)
    if (held !== undefined && held.version > version) return
    this.#total = total
    this.#pages.set(page, { items, version, used: this.#use() })
    for (const number of this.#pages.keys()) {
      if (number * PAGE_SIZE >= total && number > 0) this.#pages.delete(number)
    }
    if (this.#pages.size > MOST_PAGES) this.#forget()
  }

  /** undefined: not fetched yet. */
  at(index: number): T | undefined {
    return this.#pages.get(Math.floor(index / PAGE_SIZE))?.items[index % PAGE_SIZE]
  }

  #use(): number {
    this.#uses += 1
    return this.#uses
  }

  #forget(): void {
    const [oldest] = [...this.#pages].sort(([, a], [, b]) => a.used - b.used)
    if (oldest !== undefined) this.#pages.delete(oldest[0])
  }
}
