import type { Pixels } from './read-png.ts'

/** Pixels as places in a palette of at most 256 colours. */
export interface Indexed {
  readonly width: number
  readonly height: number
  readonly palette: readonly number[]
  readonly indexes: Uint8Array
}

interface Box {
  readonly colors: number[]
  readonly pixels: number
  /** Of the channel that differs most, weighted by how many pixels it is about. */
  readonly worth: number
  readonly shift: number
}

/**
 * The same picture in 256 colours: those of most pixels as they are, for a page is a few flat colours and
 * the edges of its text; the rest by median cut.
 */
export function toPalette({ width, height, channels, data }: Pixels): Indexed {
  const counts = new Map<number, number>()
  const colors = new Uint32Array(width * height)
  for (let at = 0; at < colors.length; at += 1) {
    const from = at * channels
    const color = ((data[from] ?? 0) << 16) | ((data[from + 1] ?? 0) << 8) | (data[from + 2] ?? 0)
    colors[at] = color
    counts.set(color, (counts.get(color) ?? 0) + 1)
  }
  const common = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color)
  const kept = common.slice(0, counts.size <= 256 ? 256 : 96)
  const rest = common.slice(kept.length)
  const places = new Map<number, number>(kept.map((color, place) => [color, place]))
  const palette = [...kept]
  for (const box of rest.length === 0 ? [] : medianCut(rest, counts, 256 - kept.length)) {
    for (const color of box.colors) places.set(color, palette.length)
    palette.push(average(box.colors, counts))
  }
  const indexes = Uint8Array.from(colors, (color) => places.get(color) ?? 0)
  return { width, height, palette, indexes }
}

function medianCut(colors: number[], counts: ReadonlyMap<number, number>, most: number): Box[] {
  const boxes = [boxOf(colors, counts)]
  while (boxes.length < most) {
    boxes.sort((a, b) => a.worth - b.worth)
    const largest = boxes.pop()
    if (largest === undefined || largest.colors.length < 2) {
      if (largest !== undefined) boxes.push(largest)
      break
    }
    const channel = (color: number) => (color >> largest.shift) & 255
    const sorted = largest.colors.toSorted((a, b) => channel(a) - channel(b))
    let [at, seen] = [0, 0]
    while (at < sorted.length - 1 && seen < largest.pixels / 2) {
      seen += counts.get(sorted[at] ?? 0) ?? 0
      at += 1
    }
    boxes.push(boxOf(sorted.slice(0, at), counts), boxOf(sorted.slice(at), counts))
  }
  return boxes
}

function boxOf(colors: number[], counts: ReadonlyMap<number, number>): Box {
  const pixels = colors.reduce((sum, color) => sum + (counts.get(color) ?? 0), 0)
  let [widest, shift] = [-1, 16]
  for (const each of [16, 8, 0]) {
    let [low, high] = [255, 0]
    for (const color of colors) {
      const value = (color >> each) & 255
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    if (high - low > widest) [widest, shift] = [high - low, each]
  }
  return { colors, pixels, worth: widest * Math.sqrt(pixels), shift }
}

function average(colors: readonly number[], counts: ReadonlyMap<number, number>): number {
  let [red, green, blue, all] = [0, 0, 0, 0]
  for (const color of colors) {
    const count = counts.get(color) ?? 0
    red += (color >> 16) * count
    green += ((color >> 8) & 255) * count
    blue += (color & 255) * count
    all += count
  }
  return (Math.round(red / all) << 16) | (Math.round(green / all) << 8) | Math.round(blue / all)
}
