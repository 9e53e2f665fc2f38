import type { Terminal } from '../terminal.ts'

/** How far a load is. */
export interface Progress {
  readonly rows: number
  readonly refused: number
  /** Bytes of the file, of `total`. */
  readonly bytes: number
  readonly total: number
}

const WIDTH = 30

/** One line: bar, share of the file, rows, pace. */
export function progressLine(progress: Progress, perSecond: number): string {
  const { rows, refused, bytes, total } = progress
  const share = total === 0 ? 1 : Math.min(1, bytes / total)
  const full = Math.round(share * WIDTH)
  const bar = '#'.repeat(full) + '-'.repeat(WIDTH - full)
  const percent = String(Math.floor(share * 100)).padStart(3)
  const refusals = refused === 0 ? '' : ` · ${refused} refused`
  return `[${bar}] ${percent} % · ${rows} rows · ${Math.round(perSecond)}/s${refusals}`
}

/** Redraws a line on a terminal a few times a second; elsewhere prints one now and then. */
export class ProgressBar {
  readonly #terminal: Terminal
  readonly #began = performance.now()
  readonly #interval: number
  #next = 0

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    this.#interval = terminal.errIsTerminal ? 100 : 5000
    this.#next = this.#began + this.#interval
  }

  show(progress: Progress): void {
    const now = performance.now()
    if (now < this.#next) return
    this.#next = now + this.#interval
    this.#draw(progress, this.#terminal.errIsTerminal ? '' : '\n')
  }

  /** Prints above the bar. */
  say(text: string): void {
    this.#terminal.err(`${this.#clear()}${text}\n`)
    this.#next = 0
  }

  end(progress: Progress): void {
    this.#draw(progress, '\n')
  }

  #draw(progress: Progress, end: string): void {
    const seconds = (performance.now() - this.#began) / 1000
    const pace = progress.rows / Math.max(seconds, 0.001)
    this.#terminal.err(`${this.#clear()}${progressLine(progress, pace)}${end}`)
  }

  #clear(): string {
    return this.#terminal.errIsTerminal ? '\r\u001b[2K' : ''
  }
}
