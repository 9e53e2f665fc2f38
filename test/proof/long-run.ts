import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

/** What a long command ends with: one line of JSON. Numbers add up over its steps. */
export type Figures = Record<string, number>

export interface LongRun {
  /** The first seed; each step takes the next. */
  readonly seed: number
  readonly minutes: number
  /** Words of the command line that are no options. */
  readonly words: readonly string[]
  /** The value of `--only`; '': all. */
  readonly only: string
  /** True once the time is over or Ctrl-C was pressed: finish the step and return. */
  over(): boolean
  /** Aborted by Ctrl-C, for steps that take long themselves. */
  readonly interrupted: AbortSignal
  /** Adds to the figures so far, and shows them on a terminal at most twice a second. */
  count(figures: Figures): void
  /** Replaces a figure that is no sum (a maximum, a rate). */
  set(figures: Figures): void
  readonly figures: Readonly<Figures>
  /** Says a line of its own, above the progress. */
  say(line: string): void
}

/**
 * Runs a command that may take hours: prints its seed first, shows progress on a terminal, stops
 * cleanly on Ctrl-C with the figures so far, and ends with one line of JSON that holds them. The exit
 * code is 0 when `run` returned, 1 when it threw (the error is printed with the seed), 130 after
 * Ctrl-C when nothing was wrong.
 */
export async function longRun(
  name: string,
  run: (command: LongRun) => Promise<void>,
  { minutes: usual = 1 } = {},
): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: String(usual) },
      seed: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  })
  const seed = Number(values.seed ?? randomInt(1, 2 ** 31))
  const minutes = Number(values.minutes)
  if (!Number.isInteger(seed) || seed < 0) throw new Error('--seed takes a whole number')
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0')
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const began = performance.now()
  const progress = new Progress(began, minutes)
  const figures: Figures = {}
  const seconds = () => Math.round((performance.now() - began) / 100) / 10
  console.log(`${name}: seed ${seed}, ${minutes} min`)
  let failed = false
  try {
    await run({
      ...{ seed, minutes, words: positionals, only: values.only, figures },
      over: () => stop.signal.aborted || performance.now() - began >= minutes * 60_000,
      interrupted: stop.signal,
      count: (more) => {
        for (const [what, times] of Object.entries(more)) {
          figures[what] = (figures[what] ?? 0) + times
        }
        progress.show(figures)
      },
      set: (values) => {
        Object.assign(figures, values)
        progress.show(figures)
      },
      say: (line) => progress.say(line),
    })
  } catch (error) {
    failed = true
    progress.say(`${name}: failed, seed ${seed}\n${error instanceof Error ? error.stack : error}`)
  }
  progress.end()
  const interrupted = stop.signal.aborted
  console.log(
    JSON.stringify({ run: name, seed, seconds: seconds(), failed, interrupted, ...figures }),
  )
  process.exitCode = failed ? 1 : interrupted ? 130 : 0
}

const SHOW_EVERY_MS = 500

class Progress {
  #shown = 0
  #began: number
  #minutes: number

  constructor(began: number, minutes: number) {
    this.#began = began
    this.#minutes = minutes
  }

  show(figures: Figures): void {
    const now = performance.now()
    if (!process.stdout.isTTY || now - this.#shown < SHOW_EVERY_MS) return
    this.#shown = now
    const spent = Math.round((now - this.#began) / 1000)
    const list = Object.entries(figures).map(([what, times]) => `${what} ${times}`)
    const line = `${spent}/${Math.round(this.#minutes * 60)} s  ${list.join('  ')}`
    process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns ?? 100) - 1)}`)
  }

  say(line: string): void {
    this.#clear()
    console.log(line)
  }

  end(): void {
    this.#clear()
  }

  #clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
  }
}
