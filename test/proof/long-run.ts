import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

/** What a long command ends with: one line of JSON. Numbers add up over its steps. */
export type Figures = Record<string, number>
/** One of a list in that line. */
export type Row = Readonly<Record<string, string | number | null>>

/** Ctrl-C reaches a command twice, from the terminal and from npm: within this time it is one. */
const ONE_PRESS_MS = 1_000

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
  /** Adds to a list of the last line. */
  list(name: string, row: Row): void
  /** Says a line of its own, above the progress. */
  say(line: string): void
}

/**
 * Runs a command that may take hours: prints its seed first, shows progress on a terminal, stops
 * cleanly on Ctrl-C with the figures so far (at once when it is pressed again), and ends with one line
 * of JSON that holds them. The exit code is 0 when `run` returned, 1 when it threw (the error is
 * printed with the seed), 2 for wrong options, 130 after Ctrl-C when nothing was wrong.
 */
export async function longRun(
  name: string,
  run: (command: LongRun) => Promise<void>,
  { minutes: usual = 1 } = {},
): Promise<void> {
  const given = optionsOf(name, usual)
  if (given === null) return
  const { seed, minutes } = given
  const stop = stopped()
  const began = performance.now()
  const progress = new Progress(began, minutes)
  const figures: Figures = {}
  const lists: Record<string, Row[]> = {}
  const seconds = () => Math.round((performance.now() - began) / 100) / 10
  console.log(`${name}: seed ${seed}, ${minutes} min`)
  let failed = false
  try {
    await run({
      ...{ ...given, figures },
      over: () => stop.aborted || performance.now() - began >= minutes * 60_000,
      interrupted: stop,
      count: (more) => {
        for (const [what, times] of Object.entries(more)) {
          figures[what] = (figures[what] ?? 0) + times
        }
        progress.show(figures, more)
      },
      set: (values) => {
        Object.assign(figures, values)
        progress.show(figures, values)
      },
      list: (list, row) => {
        lists[list] = [...(lists[list] ?? []), row]
      },
      say: (line) => progress.say(line),
    })
  } catch (error) {
    failed = true
    progress.say(`${name}: failed, seed ${seed}\n${error instanceof Error ? error.stack : error}`)
  }
  progress.end()
  const ended = { run: name, seed, seconds: seconds(), failed, interrupted: stop.aborted }
  console.log(JSON.stringify({ ...ended, ...figures, ...lists }))
  process.exitCode = failed ? 1 : stop.aborted ? 130 : 0
}

/** What the command line says; null, and told, where that makes no sense. */
function optionsOf(name: string, usual: number) {
  try {
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
    if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('--seed takes a whole number')
    if (!(minutes > 0)) throw new Error('--minutes takes a number above 0')
    return { seed, minutes, only: values.only, words: positionals }
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 2
    return null
  }
}

/** Aborted by Ctrl-C, or by a request to end. */
function stopped(): AbortSignal {
  const stop = new AbortController()
  let first = 0
  const pressed = () => {
    if (stop.signal.aborted) {
      if (performance.now() - first > ONE_PRESS_MS) process.exit(130)
      return
    }
    first = performance.now()
    stop.abort()
  }
  process.on('SIGINT', pressed)
  process.on('SIGTERM', pressed)
  return stop.signal
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

  /** There is room for few: those of the same half as what has just changed. */
  show(figures: Figures, changed: Figures): void {
    const now = performance.now()
    if (!process.stdout.isTTY || now - this.#shown < SHOW_EVERY_MS) return
    this.#shown = now
    const spent = Math.round((now - this.#began) / 1000)
    const half = halfOf(Object.keys(changed)[0] ?? '')
    const shown = Object.entries(figures).filter(([what]) => halfOf(what) === half)
    const list = shown.map(([what, times]) => `${what} ${times}`)
    const line = `${spent}/${Math.round(this.#minutes * 60)} s  ${list.join('  ')}`
    process.stdout.write(`\r\u001b[K${line.slice(0, (process.stdout.columns || 100) - 1)}`)
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

/** `raft` of `raft.elections`; '': of neither. */
function halfOf(figure: string): string {
  return figure.includes('.') ? figure.slice(0, figure.indexOf('.')) : ''
}
