import type { Picture } from '../protocol/participant-records.ts'
import type { ParticipantState } from '../protocol/participant-state.ts'

/** A page of this many names of 255 bytes still fits a message. */
const MAX_PAGE = 10_000

/** Pages through the pictures in order of name; the order is made again only when names changed. */
export class PictureList {
  #names: readonly string[] = []
  #version = -1

  page(
    { pictures, namesVersion }: ParticipantState,
    { after, limit, node }: { after: string; limit: number; node: string },
  ) {
    const names = this.#sorted(pictures, namesVersion)
    const from = after === '' ? 0 : firstAfter(names, after)
    const size = limit > 0 ? Math.min(limit, MAX_PAGE) : MAX_PAGE
    const page = names.slice(from, from + size)
    return {
      pictures: Object.fromEntries(page.map((name) => [name, metadata(pictures, name, node)])),
      more: from + page.length < names.length,
      total: names.length,
    }
  }

  #sorted(pictures: ReadonlyMap<string, Picture>, version: number): readonly string[] {
    if (version !== this.#version) {
      this.#names = [...pictures.keys()].sort()
      this.#version = version
    }
    return this.#names
  }
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
