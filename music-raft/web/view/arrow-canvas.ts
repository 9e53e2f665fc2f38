import type { Frame } from '../../../common/web/view/Canvas.tsx'
import { type ArrowStyle, styleOf } from '../model/lanes.ts'
import type { Arrow, Bundle } from '../model/messages.ts'
import { fontOf, type Lanes, xOf, yOf } from './lane-canvas.ts'

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

/** Many messages at once: a band from lane to lane, the wider the more, with their number. */
export function drawBundles(frame: Frame, lanes: Lanes, bundles: readonly Bundle[]): void {
  const { context, colour, rem } = frame
  const labels: { text: string; x: number; y: number }[] = []
  for (const bundle of bundles) {
    const from = yOf(lanes, bundle.from)
    const to = yOf(lanes, bundle.to)
    if (from === null || to === null) continue
    const answer = bundle.type.endsWith('Response')
    const x0 = Math.max(lanes.left, xOf(lanes, bundle.begin))
    const x1 = Math.min(lanes.right, xOf(lanes, bundle.end))
    if (x1 <= x0) continue
    const shift = (answer ? 0.12 : -0.12) * lanes.lane
    context.fillStyle = colour(answer ? '--good' : '--accent')
    context.globalAlpha = Math.min(0.5, 0.08 + Math.log10(bundle.count) * 0.12)
    context.fillRect(x0, Math.min(from, to) + shift, Math.max(1, x1 - x0 - 1), Math.abs(to - from))
    context.globalAlpha = 1
    const dot = Math.min(rem * 0.4, rem * (0.1 + Math.log10(bundle.count) * 0.12))
    context.beginPath()
    context.arc((x0 + x1) / 2, to + shift, dot, 0, Math.PI * 2)
    context.fill()
    if (x1 - x0 > rem * 1.6) {
      labels.push({ text: String(bundle.count), x: (x0 + x1) / 2, y: to + shift * 2.2 })
    }
  }
  context.font = fontOf(frame, 0.68, 600)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillStyle = colour('--text-2')
  for (const { text, x, y } of labels) context.fillText(text, x, y)
}
