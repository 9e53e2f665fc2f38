import type { Picture } from '../protocol/participant-records.ts'
import type { ParticipantState } from '../protocol/participant-state.ts'

/** A page of this many names of 255 bytes still fits a message. */
const MAX_PAGE = 10_000

/**
 * Pages through the pictures in order of name. Names that came or went since the last page are worked
 * into its order: to sort a million names anew would stop the process for longer than a vote may take.
 */
export class PictureList {
  #names: readonly string[] = []
  #version = -1

  /** Makes the order ahead of need: at start nothing waits for it yet. */
  prepare(state: ParticipantState): void {
    this.#sorted(state)
  }

  page(
    state: ParticipantState,
    { after, limit, node }: { after: string; limit: number; node: string },
  ) {
    const { pictures } = state
    const names = this.#sorted(state)
    const from = after === '' ? 0 : firstAfter(names, after)
    const size = limit > 0 ? Math.min(limit, MAX_PAGE) : MAX_PAGE
    const page = names.slice(from, from + size)
    return {
      pictures: Object.fromEntries(page.map((name) => [name, metadata(pictures, name, node)])),
      more: from + page.length < names.length,
      total: names.length,
    }
  }

  #sorted(state: ParticipantState): readonly string[] {
    const { pictures, namesVersion } = state
    if (namesVersion !== this.#version) {
      const changed = this.#version === -1 ? null : state.namesChangedSince(this.#version)
      this.#names =
        changed === null ? [...pictures.keys()].sort() : merged(this.#names, changed, pictures)
      this.#version = namesVersion
    }
    return this.#names
  }
}

function merged(
  names: readonly string[],
  changed: readonly string[],
  pictures: ReadonlyMap<string, Picture>,
): readonly string[] {
  const parts: (readonly string[])[] = []
  let from = 0
  for (const name of [...new Set(changed)].sort()) {
    const after = firstAfter(names, name)
    const to = after > from && names[after - 1] === name ? after - 1 : after
    parts.push(names.slice(from, to))
    if (pictures.has(name)) parts.push([name])
    from = after
  }
  const first: readonly string[] = []
  return first.concat(...parts, names.slice(from))
}

function metadata(pictures: ReadonlyMap<string, Picture>, name: string, node: string) {
  const picture = pictures.get(name)
  return {
    likes: picture?.likes ?? 0,
    node,
    size: picture?.size ?? 0,
    uploadTime: picture?.uploadTime ?? 0,
  }
}

function firstAfter(names: readonly string[], after: string): number {
  let low = 0
  let high = names.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((names[middle] ?? '') > after) high = middle
    else low = middle + 1
  }
  return low
}
