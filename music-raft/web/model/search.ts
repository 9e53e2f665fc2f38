/** What the whole queue is searched in at most, so that a page does not hold a million tracks. */
export const MOST_SEARCHED = 20_000

interface Searchable {
  readonly id: string
  readonly title: string
  readonly artist: string
}

/** A track that fits, and its place in the queue, from 1. */
export interface Found<T> {
  readonly track: T
  readonly position: number
}

/** Every word must be in the id, title or artist, in whatever case. */
export function search<T extends Searchable>(tracks: readonly T[], text: string): Found<T>[] {
  const words = folded(text)
    .split(/\s+/)
    .filter((word) => word !== '')
  const found: Found<T>[] = []
  for (const [place, track] of tracks.entries()) {
    const all = folded(`${track.id} ${track.title} ${track.artist}`)
    if (words.every((word) => all.includes(word))) found.push({ track, position: place + 1 })
  }
  return found
}

/** Without case and accents. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}
