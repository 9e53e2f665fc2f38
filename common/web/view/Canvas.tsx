import { useEffect, useRef } from 'preact/hooks'
import { colourOf, paletteVersion } from '../theme.ts'

/** What there is to draw on, in CSS pixels. */
export interface Frame {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  /** Pixels of 1 rem. */
  readonly rem: number
  /** This page's clock. */
  readonly now: number
  /** Real time since the last frame. */
  readonly passed: number
  /** A colour by its custom property, such as `--text`. */
  colour(name: string): string
}

interface CanvasProps {
  /** What the picture says, for whoever does not see it. */
  readonly label: string
  /** Fixed, so that nothing moves. */
  readonly heightRem: number
  readonly testId?: string
  /** The least time between two pictures, where nothing moves fast; else every frame. */
  readonly everyMs?: number
  draw(frame: Frame): void
  onDrag?(pixels: number, width: number): void
}

/** For those who asked for less motion: a new picture now and then in place of a moving one. */
const CALM_MS = 1000
/** Out of sight it goes on at this pace: the words beside it go by what it shows. */
const UNSEEN_MS = 500

/** A picture drawn anew in every frame while it is in sight, and now and then while it is not. */
export function Canvas({ label, heightRem, testId, everyMs = 0, draw, onDrag }: CanvasProps) {
  const element = useRef<HTMLCanvasElement>(null)
  const drawing = useRef(draw)
  drawing.current = draw
  useEffect(() => {
    const canvas = element.current
    const draw = (frame: Frame) => drawing.current(frame)
    return canvas === null ? undefined : animate(canvas, everyMs, draw)
  }, [everyMs])
  const last = useRef<number | null>(null)
  const move = (event: PointerEvent) => {
    if (last.current === null || onDrag === undefined) return
    onDrag(event.clientX - last.current, element.current?.clientWidth ?? 1)
    last.current = event.clientX
  }
  const end = () => {
    last.current = null
  }
  return (
    <canvas
      ref={element}
      class={onDrag === undefined ? 'canvas' : 'canvas draggable'}
      style={{ height: `${heightRem}rem` }}
      role="img"
      aria-label={label}
      data-testid={testId}
      onPointerDown={(event) => {
        last.current = event.clientX
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    />
  )
}

/** What is returned ends it. */
function animate(
  canvas: HTMLCanvasElement,
  everyMs: number,
  draw: (frame: Frame) => void,
): () => void {
  const context = canvas.getContext('2d')
  if (context === null) return () => undefined
  const calm = matchMedia('(prefers-reduced-motion: reduce)')
  const colours = new Colours()
  const size = new Size(canvas)
  let inSight = true
  let last = performance.now()
  let frame = 0
  const step = (at: number) => {
    frame = requestAnimationFrame(step)
    const least = Math.max(everyMs, inSight ? 0 : UNSEEN_MS, calm.matches ? CALM_MS : 0)
    if (at - last < least) return
    const { width, height, ratio, rem } = size.current()
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    const passed = Math.min(CALM_MS * 2, at - last)
    last = at
    const colour = (name: string) => colours.get(name)
    draw({ context, width, height, rem, passed, now: Date.now(), colour })
  }
  const observer = new IntersectionObserver(([entry]) => {
    inSight = entry?.isIntersecting ?? true
  })
  observer.observe(canvas)
  frame = requestAnimationFrame(step)
  return () => {
    cancelAnimationFrame(frame)
    observer.disconnect()
    size.close()
  }
}

class Colours {
  readonly #known = new Map<string, string>()
  #version = -1

  get(name: string): string {
    const version = paletteVersion.peek()
    if (version !== this.#version) {
      this.#known.clear()
      this.#version = version
    }
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const found = colourOf(name)
    this.#known.set(name, found)
    return found
  }
}

/** The canvas has as many pixels as the screen has where it is. Asked for, it costs no layout. */
class Size {
  readonly #canvas: HTMLCanvasElement
  readonly #observer: ResizeObserver
  #width = 0
  #height = 0
  #rem = 16

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas
    this.#measure()
    this.#observer = new ResizeObserver(() => this.#measure())
    this.#observer.observe(canvas)
  }

  current(): { width: number; height: number; ratio: number; rem: number } {
    const canvas = this.#canvas
    const ratio = devicePixelRatio
    const [wide, high] = [Math.round(this.#width * ratio), Math.round(this.#height * ratio)]
    if (canvas.width !== wide) canvas.width = wide
    if (canvas.height !== high) canvas.height = high
    return { width: this.#width, height: this.#height, ratio, rem: this.#rem }
  }

  close(): void {
    this.#observer.disconnect()
  }

  #measure(): void {
    this.#width = this.#canvas.clientWidth
    this.#height = this.#canvas.clientHeight
    this.#rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16
  }
}
