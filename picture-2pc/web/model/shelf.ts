/** A picture as the participants that answered hold it. */
export interface Picture {
  readonly name: string
  readonly likes: number
  /** Bytes; null: not told. */
  readonly size: number | null
  /** ISO 8601; '': not told. */
  readonly uploadedAt: string
  /** Who holds it, of those that answered. */
  readonly nodes: readonly string[]
  /** Who did not answer: they may hold it too. */
  readonly silent: readonly string[]
  /** Counts what was stored under this name while the page looked: its bytes may be others. */
  readonly generation: number
}

/** A part of the list, as it was answered. */
export interface ListPage {
  readonly pictures: readonly Omit<Picture, 'generation'>[]
  /** Go on behind this name; null: that was all. */
  readonly next: string | null
  readonly silent: readonly string[]
}

/** The pictures that were listed so far, in order of name. */
export class Shelf {
  #pictures: Picture[] = []
  readonly #generations = new Map<string, number>()
  /** Where the rest begins; null: all are here. */
  next: string | null = ''
  silent: readonly string[] = []

  get pictures(): readonly Picture[] {
    return this.#pictures
  }

  /** Puts a page in the place of all that it is about: what is not on it is gone. */
  take(after: string, { pictures, next, silent }: ListPage): void {
    const before = this.#pictures.filter(({ name }) => name <= after && after !== '')
    const behind = next === null ? [] : this.#pictures.filter(({ name }) => name > next)
    for (const { name, uploadedAt } of pictures) {
      const known = this.#known(name)?.uploadedAt ?? ''
      if (known !== '' && known !== uploadedAt) this.renew(name)
    }
    const listed = pictures.map((each) => this.#numbered(each))
    this.#pictures = [...before, ...listed, ...behind]
    if (behind.length === 0) this.next = next
    this.silent = silent
  }

  /** One picture, asked for by name; null: nobody that answered holds it. */
  put(name: string, found: Omit<Picture, 'generation'> | null): void {
    const place = this.#place(name)
    const known = this.#known(name)
    if (found === null) {
      if (known !== undefined) this.#pictures = this.#pictures.toSpliced(place, 1)
      return
    }
    // Beyond what was listed it would hide what lies between.
    if (known === undefined && this.next !== null && name > this.next) return
    const given = this.#numbered(found)
    // Of other bytes nothing is known but what was told now.
    const same = known?.generation === given.generation ? known : undefined
    const size = found.size ?? same?.size ?? null
    const uploadedAt = found.uploadedAt || (same?.uploadedAt ?? '')
    const picture = { ...given, size, uploadedAt }
    this.#pictures = this.#pictures.toSpliced(place, known === undefined ? 0 : 1, picture)
  }

  /** Other bytes may be stored under this name now. */
  renew(name: string): void {
    this.#generations.set(name, (this.#generations.get(name) ?? 0) + 1)
    const [oldest] = this.#generations.keys()
    if (this.#generations.size > MOST_RENEWED && oldest !== undefined) {
      this.#generations.delete(oldest)
    }
  }

  /** Lists another choice of pictures; what was stored while the page looked stays known. */
  clear(): void {
    this.#pictures = []
    this.next = ''
    this.silent = []
  }

  #numbered(picture: Omit<Picture, 'generation'>): Picture {
    return { ...picture, generation: this.#generations.get(picture.name) ?? 0 }
  }

  #known(name: string): Picture | undefined {
    const there = this.#pictures[this.#place(name)]
    return there?.name === name ? there : undefined
  }

  /** Where a name is, or belongs. */
  #place(name: string): number {
    let [low, high] = [0, this.#pictures.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const there = this.#pictures[middle]?.name ?? ''
      if (there < name) low = middle + 1
      else high = middle
    }
    return low
  }
}

const MOST_RENEWED = 5000

/** Reads a page of `GET /list`. */
export function pageOf(body: unknown, next: string | null, silent: readonly string[]): ListPage {
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const pictures = entries.map(([name, value]) => ({ name, silent, ...fieldsOf(value) }))
  return { pictures: pictures.sort((a, b) => (a.name < b.name ? -1 : 1)), next, silent }
}

function fieldsOf(value: unknown) {
  const fields = typeof value === 'object' && value !== null ? value : {}
  const { likes, size, upload_time, nodes } = fields as Record<string, unknown>
  return {
    likes: typeof likes === 'number' ? likes : 0,
    size: typeof size === 'number' ? size : null,
    uploadedAt: typeof upload_time === 'string' ? upload_time : '',
    nodes: Array.isArray(nodes) ? nodes.map(String) : [],
  }
}
