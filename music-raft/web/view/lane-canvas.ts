import type { Frame } from '../../../common/web/view/Canvas.tsx'
import type { Segment } from '../model/roles.ts'
import { ROLE_WORDS } from '../model/words.ts'

/** Where lanes are: one for each node, names at the left, time from left to right. */
export interface Lanes {
  readonly nodes: readonly number[]
  readonly left: number
  readonly right: number
  readonly top: number
  readonly lane: number
  readonly begin: number
  readonly end: number
}

export function lanesOf(frame: Frame, nodes: readonly number[], begin: number, end: number): Lanes {
  const { width, height, rem } = frame
  const top = rem * 1.7
  const lane = (height - top - rem * 0.4) / Math.max(1, nodes.length)
  return { nodes, begin, end, top, lane, left: Math.min(rem * 5, width * 0.2), right: width }
}

export function xOf({ left, right, begin, end }: Lanes, time: number): number {
  return left + ((time - begin) / (end - begin)) * (right - left)
}

/** The middle of a node's lane; null: it has none. */
export function yOf({ nodes, top, lane }: Lanes, node: number): number | null {
  const place = nodes.indexOf(node)
  return place === -1 ? null : top + lane * (place + 0.5)
}

export function fontOf({ rem }: Frame, size = 0.8, weight = 500): string {
  return `${weight} ${Math.round(rem * size)}px system-ui, "Noto Sans", sans-serif`
}

/** Names of the lanes, over whatever ran into them. */
export function drawNames(frame: Frame, lanes: Lanes): void {
  const { context, colour, height, rem } = frame
  context.fillStyle = colour('--surface')
  context.fillRect(0, 0, lanes.left - rem * 0.4, height)
  context.font = fontOf(frame, 0.85, 600)
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const node of lanes.nodes) {
    const y = yOf(lanes, node) ?? 0
    context.fillStyle = colour(`--node-${((node - 1) % 7) + 1}`)
    context.fillRect(0, y - rem * 0.32, rem * 0.64, rem * 0.64)
    context.fillStyle = colour('--text')
    context.fillText(`Node ${node}`, rem * 1, y + 1)
  }
}

const TICKS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000,
  300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000,
]

/** Times along the top, by this page's clock, which is so far ahead of the nodes'. */
export function drawTicks(
  frame: Frame,
  lanes: Lanes,
  ahead: number,
  textOf: (time: number) => string,
): void {
  const { context, colour, rem, height } = frame
  const most = Math.max(2, (lanes.right - lanes.left) / (rem * 7))
  const step = TICKS.find((each) => (lanes.end - lanes.begin) / each <= most) ?? 28_800_000
  context.font = fontOf(frame, 0.75, 450)
  context.textBaseline = 'top'
  context.textAlign = 'center'
  context.strokeStyle = colour('--line')
  context.fillStyle = colour('--text-3')
  context.lineWidth = 1
  context.beginPath()
  const first = Math.ceil((lanes.begin + ahead) / step) * step
  for (let time = first; time <= lanes.end + ahead; time += step) {
    const x = Math.round(xOf(lanes, time - ahead)) + 0.5
    if (x > lanes.left + rem * 2 && x < lanes.right - rem * 2) {
      context.fillText(textOf(time), x, rem * 0.15)
    }
    context.moveTo(x, rem * 1.4)
    context.lineTo(x, height)
  }
  context.stroke()
}

/** This page heard nothing then: what stands there was told later, if at all. */
export function drawBlind(frame: Frame, lanes: Lanes, from: number, until: number | null): void {
  const x0 = Math.max(lanes.left, xOf(lanes, from))
  const x1 = Math.min(lanes.right, xOf(lanes, until ?? lanes.end))
  if (x1 <= x0) return
  const { context, colour, rem, height } = frame
  const top = rem * 1.4
  context.globalAlpha = 0.8
  context.fillStyle = colour('--off-soft')
  context.fillRect(x0, top, x1 - x0, height - top)
  context.globalAlpha = 0.35
  context.strokeStyle = colour('--off')
  context.lineWidth = 1
  hatch(context, x0, top, x1 - x0, height - top, 12)
  context.globalAlpha = 1
  if (x1 - x0 < rem * 7) return
  words(frame, 'no connection', x0, height - rem * 0.8, colour('--text-2'))
}

/** What a node was over time: a line for a follower, a full bar for a leader, hatched between. */
export function drawSegment(
  frame: Frame,
  lanes: Lanes,
  node: number,
  segment: Segment,
  thin = false,
): void {
  const { context, colour, rem } = frame
  const y = yOf(lanes, node)
  if (y === null) return
  const from = Math.max(lanes.left, xOf(lanes, segment.time))
  const to = Math.min(lanes.right, xOf(lanes, segment.until ?? lanes.end))
  const wide = Math.max(2, to - from)
  const { state, term } = segment
  if (state === 'unheard') {
    context.strokeStyle = colour('--off')
    context.lineWidth = 1.5
    context.setLineDash([2, 5])
    line(context, from, y, from + wide, y)
    context.setLineDash([])
    // Where lanes are thin, the number of the last arrows stands at the beginning.
    const at = from + (thin ? rem * 1.2 : 0)
    if (wide > rem * 6.5) words(frame, ROLE_WORDS.unheard, at, y, colour('--text-3'), '--surface')
    return
  }
  if (state === 'follower') {
    context.fillStyle = colour(`--node-${((node - 1) % 7) + 1}`)
    context.globalAlpha = 0.55
    context.fillRect(from, y - rem * 0.1, wide, rem * 0.2)
    context.globalAlpha = 1
    return
  }
  const high = Math.min(lanes.lane * 0.7, rem * (thin ? 0.45 : 1.7))
  if (state === 'leader') {
    context.fillStyle = colour('--accent')
    round(context, from, y - high / 2, wide, high, rem * 0.25)
    if (wide > rem * 5 && !thin) words(frame, `★ term ${term}`, from, y, colour('--accent-text'))
    return
  }
  context.fillStyle = colour('--warn-soft')
  round(context, from, y - high / 2, wide, high, 2)
  context.strokeStyle = colour('--warn')
  context.lineWidth = state === 'candidate' ? 2.5 : 1.2
  hatch(context, from, y - high / 2, wide, high, state === 'candidate' ? 5 : 9)
  if (wide > rem * 6.5 && !thin)
    words(frame, ROLE_WORDS[state], from, y, colour('--warn'), '--warn-soft')
}

/** `behind`: what keeps it readable over lines. */
function words(
  frame: Frame,
  text: string,
  x: number,
  y: number,
  colour: string,
  behind: string | null = null,
): void {
  const { context, rem } = frame
  context.font = fontOf(frame, 0.8, 650)
  if (behind !== null) {
    context.fillStyle = frame.colour(behind)
    context.fillRect(
      x + rem * 0.2,
      y - rem * 0.6,
      context.measureText(text).width + rem * 0.4,
      rem * 1.2,
    )
  }
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.fillStyle = colour
  context.fillText(text, x + rem * 0.4, y + 1)
}

export function line(
  context: CanvasRenderingContext2D,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  context.beginPath()
  context.moveTo(x0, y0)
  context.lineTo(x1, y1)
  context.stroke()
}

function round(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  wide: number,
  high: number,
  radius: number,
): void {
  context.beginPath()
  context.roundRect(x, y, wide, high, Math.min(radius, wide / 2))
  context.fill()
}

function hatch(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  wide: number,
  high: number,
  step: number,
): void {
  context.save()
  context.beginPath()
  context.rect(x, y, wide, high)
  context.clip()
  context.beginPath()
  for (let at = x - high; at < x + wide; at += step) {
    context.moveTo(at, y + high)
    context.lineTo(at + high, y)
  }
  context.stroke()
  context.strokeRect(x, y, wide, high)
  context.restore()
}
