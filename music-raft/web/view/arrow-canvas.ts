import type { Frame } from '../../../common/web/view/Canvas.tsx'
import { type ArrowStyle, type Sheaf, styleOf } from '../model/lanes.ts'
import type { Arrow } from '../model/messages.ts'
import { drawLabel } from './label-sprites.ts'
import { type Lanes, xOf, yOf } from './lane-canvas.ts'

interface Look {
  readonly colour: string
  readonly width: number
  readonly dash: readonly number[]
  readonly head: 'full' | 'open' | 'none'
}

/** Told apart by line and head too, not by colour alone. */
const LOOKS: Readonly<Record<ArrowStyle, Look>> = {
  entries: { colour: '--accent', width: 2, dash: [], head: 'full' },
  heartbeat: { colour: '--line-strong', width: 1, dash: [], head: 'open' },
  answer: { colour: '--good', width: 1, dash: [4, 3], head: 'open' },
  refusal: { colour: '--bad', width: 2, dash: [4, 3], head: 'full' },
  election: { colour: '--warn', width: 2.4, dash: [], head: 'full' },
  snapshot: { colour: '--node-4', width: 3, dash: [8, 3], head: 'full' },
}
const ORDER: readonly ArrowStyle[] = [
  'heartbeat',
  'answer',
  'entries',
  'snapshot',
  'refusal',
  'election',
]

/** All arrows of one look in one path: a frame stays cheap with hundreds of them. */
export function drawArrows(frame: Frame, lanes: Lanes, arrows: readonly Arrow[]): void {
  const groups = new Map<ArrowStyle, Arrow[]>()
  for (const arrow of arrows) {
    const style = styleOf(arrow)
    const group = groups.get(style)
    if (group === undefined) groups.set(style, [arrow])
    else group.push(arrow)
  }
  for (const style of ORDER) drawGroup(frame, lanes, LOOKS[style], groups.get(style) ?? [])
}

interface Ends {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

function drawGroup(frame: Frame, lanes: Lanes, look: Look, arrows: readonly Arrow[]): void {
  if (arrows.length === 0) return
  const { context, colour, rem } = frame
  const ends = arrows.flatMap((arrow) => endsOf(frame, lanes, arrow) ?? [])
  context.strokeStyle = colour(look.colour)
  context.fillStyle = colour(look.colour)
  context.lineWidth = look.width
  context.setLineDash([...look.dash])
  context.beginPath()
  for (const { x0, y0, x1, y1 } of ends) {
    context.moveTo(x0, y0)
    context.lineTo(x1, y1)
  }
  context.stroke()
  context.setLineDash([])
  context.beginPath()
  for (const each of ends) head(context, each, rem * (look.width > 1.5 ? 0.5 : 0.4))
  if (look.head === 'full') context.fill()
  else context.stroke()
}

/**
 * An end that nobody told is left out: a short stub stands for a message of which only one end is known,
 * and says nothing of whether it arrived.
 */
function endsOf({ rem }: Frame, lanes: Lanes, arrow: Arrow): Ends | null {
  const from = yOf(lanes, arrow.from)
  const to = yOf(lanes, arrow.to)
  if (from === null || to === null) return null
  const { sentAt, receivedAt } = arrow
  const down = Math.sign(to - from)
  const edge = lanes.lane * 0.18 * down
  if (sentAt !== null && receivedAt !== null) {
    // Clocks differ a little: an arrow never goes back in time.
    const arrival = Math.max(sentAt, receivedAt)
    return { x0: xOf(lanes, sentAt), y0: from + edge, x1: xOf(lanes, arrival), y1: to - edge }
  }
  const stub = lanes.lane * 0.5 * down
  if (sentAt !== null) {
    const x = xOf(lanes, sentAt)
    return { x0: x, y0: from + edge, x1: x + rem * 0.3, y1: from + edge + stub }
  }
  if (receivedAt === null) return null
  const x = xOf(lanes, receivedAt)
  return { x0: x - rem * 0.3, y0: to - edge - stub, x1: x, y1: to - edge }
}

function head(context: CanvasRenderingContext2D, { x0, y0, x1, y1 }: Ends, size: number): void {
  const angle = Math.atan2(y1 - y0, x1 - x0)
  const side = (turn: number): [number, number] => [
    x1 - size * Math.cos(angle + turn),
    y1 - size * Math.sin(angle + turn),
  ]
  context.moveTo(...side(0.42))
  context.lineTo(x1, y1)
  context.lineTo(...side(-0.42))
}

/** How much of a slice its arrows may use, so that slices stay apart. */
const COMB = 0.72

/** Many messages at once: one arrow each way, the thicker the more, side by side within their slice. */
export function drawSheaves(frame: Frame, lanes: Lanes, sheaves: readonly Sheaf[]): void {
  const { context, colour } = frame
  context.setLineDash([])
  for (const answers of [true, false]) {
    context.strokeStyle = colour(answers ? '--good' : '--accent')
    context.fillStyle = context.strokeStyle
    for (const least of [1, 10, 100]) {
      const group = sheaves.filter(
        (sheaf) => sheaf.answers === answers && sheaf.count >= least && sheaf.count < least * 10,
      )
      drawComb(frame, lanes, group, 1 + Math.log10(least) * 1.3)
    }
  }
  drawCounts(frame, lanes, sheaves)
}

function drawComb(frame: Frame, lanes: Lanes, group: readonly Sheaf[], width: number): void {
  if (group.length === 0) return
  const { context, rem } = frame
  const ends = group.flatMap((sheaf) => sheafEnds(lanes, sheaf) ?? [])
  context.lineWidth = width
  context.beginPath()
  for (const { x0, y0, x1, y1 } of ends) {
    context.moveTo(x0, y0)
    context.lineTo(x1, y1)
  }
  context.stroke()
  context.beginPath()
  for (const each of ends) head(context, each, rem * (0.3 + width * 0.07))
  context.fill()
}

/** Requests in the first half of the slice, answers in the second, each pair at a place of its own. */
function sheafEnds(lanes: Lanes, { from, to, begin, end, answers }: Sheaf): Ends | null {
  const y0 = yOf(lanes, from)
  const y1 = yOf(lanes, to)
  if (y0 === null || y1 === null) return null
  const wide = xOf(lanes, end) - xOf(lanes, begin)
  const other = lanes.nodes.indexOf(answers ? from : to)
  const place = (other + 0.5) / (lanes.nodes.length * 2) + (answers ? 0.5 : 0)
  const x = xOf(lanes, begin) + wide * (place * COMB + (1 - COMB) / 2)
  if (x < lanes.left || x > lanes.right) return null
  const edge = lanes.lane * 0.14 * Math.sign(y1 - y0)
  return { x0: x, y0: y0 + edge, x1: x, y1: y1 - edge }
}

/** How many arrived at each node, slice by slice. */
function drawCounts(frame: Frame, lanes: Lanes, sheaves: readonly Sheaf[]): void {
  const { rem } = frame
  const sums = new Map<string, { count: number; node: number; x: number }>()
  for (const { to, begin, end, count } of sheaves) {
    const x = xOf(lanes, (begin + end) / 2)
    const wide = xOf(lanes, end) - xOf(lanes, begin)
    if (wide < rem * 1.8 || x < lanes.left + rem || x > lanes.right - rem) continue
    const key = `${to} ${begin}`
    sums.set(key, { node: to, x, count: count + (sums.get(key)?.count ?? 0) })
  }
  for (const { node, x, count } of sums.values()) {
    const y = yOf(lanes, node)
    if (y !== null) drawLabel(frame, String(count), x, y)
  }
}
