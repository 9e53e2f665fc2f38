import type { Frame } from '../../../common/web/view/Canvas.tsx'
import { fontOf } from './lane-canvas.ts'

/** Numbers come again and again: each is written once, and copied from then on. */
const MOST = 600
const sprites = new Map<string, HTMLCanvasElement>()

/** Writes a short text around that point, on a ground of its own. */
export function drawLabel(frame: Frame, text: string, x: number, y: number): void {
  const { context, rem, colour } = frame
  const ratio = devicePixelRatio
  const [ink, ground] = [colour('--text-2'), colour('--surface')]
  const key = `${text} ${rem} ${ratio} ${ink} ${ground}`
  let sprite = sprites.get(key)
  const wide = Math.ceil(rem * (0.4 + text.length * 0.42))
  const high = Math.ceil(rem)
  if (sprite === undefined) {
    sprite = written(frame, text, { wide, high, ratio, ink, ground })
    if (sprites.size >= MOST) sprites.clear()
    sprites.set(key, sprite)
  }
  context.drawImage(sprite, x - wide / 2, y - high / 2, wide, high)
}

interface Look {
  readonly wide: number
  readonly high: number
  readonly ratio: number
  readonly ink: string
  readonly ground: string
}

function written(frame: Frame, text: string, look: Look): HTMLCanvasElement {
  const { wide, high, ratio, ink, ground } = look
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(wide * ratio)
  canvas.height = Math.round(high * ratio)
  const context = canvas.getContext('2d')
  if (context === null) return canvas
  context.scale(ratio, ratio)
  context.fillStyle = ground
  context.fillRect(0, 0, wide, high)
  context.font = fontOf(frame, 0.68, 600)
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.fillStyle = ink
  context.fillText(text, wide / 2, high / 2 + 1)
  return canvas
}
