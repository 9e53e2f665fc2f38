import pino from 'pino'

export type Logger = pino.Logger

/** Looks of a log line: `pretty` is plain text for people, `json` is pino's own. */
export type LogFormat = 'pretty' | 'json'

export interface LoggerOptions {
  readonly node: string
  readonly level: string
  readonly format: LogFormat
  /** Where the lines go; standard output unless a test says otherwise. */
  readonly destination?: { write(line: string): unknown }
}

/** A reader of standard output that stops reading must not make the process hold lines for ever. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024

/**
 * The process's logger and a way to flush it before exit. Lines are written asynchronously in
 * batches: an event never waits for the terminal.
 */
export function createLogger(options: LoggerOptions): { log: Logger; flush(): void } {
  const output = options.destination ?? new Stdout()
  const { level, node } = options
  const base = { level, base: { node } }
  const log =
    options.format === 'json'
      ? pino(base, output)
      : pino({ ...base, hooks: { logMethod: plainText(plainWriter(output)) } })
  return { log, flush: () => (output instanceof Stdout ? output.flush() : undefined) }
}

/**
 * Lines wait this long for others, in milliseconds: one write for each turn of the event loop costs a
 * node that answers one small request after the other a good part of its CPU time.
 */
const GATHER_MS = 20
const MAX_GATHERED = 64 * 1024

/** A line of plain text that is not put together yet. */
interface PlainLine {
  /** Milliseconds of `Date.now()`. */
  readonly at: number
  readonly level: number
  readonly message: string
}

/**
 * Standard output, written to fifty times a second at most. Plain lines are put together only then, all
 * at once: at the time of an event that is work in the way of its answer.
 */
class Stdout {
  readonly #sonic = pino.destination({ fd: 1, sync: false, maxLength: MAX_BUFFERED_BYTES })
  readonly #timestamps = new Timestamps()
  #gathered: (string | PlainLine)[] = []
  #size = 0
  #timer: NodeJS.Timeout | null = null

  constructor() {
    // A reader that went away (`| head`) is no reason to stop serving.
    this.#sonic.on('error', () => undefined)
  }

  write(line: string): void {
    this.#gather(line, line.length)
  }

  writePlain(line: PlainLine): void {
    this.#gather(line, line.message.length)
  }

  flush(): void {
    this.#pass()
    try {
      this.#sonic.flushSync()
    } catch {
      // Not open yet, or the reader is gone: there is nobody to tell.
    }
  }

  #pass(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#gathered.length === 0) return
    let text = ''
    for (const line of this.#gathered) {
      text += typeof line === 'string' ? line : textOf(line, this.#timestamps)
    }
    this.#gathered = []
    this.#size = 0
    this.#sonic.write(text)
  }

  #gather(line: string | PlainLine, size: number): void {
    this.#timer ??= setTimeout(() => this.#pass(), GATHER_MS)
    this.#gathered.push(line)
    this.#size += size
    if (this.#size > MAX_GATHERED) this.#pass()
  }
}

/**
 * Time, level and message as one line of plain text. In place of pino's own writing: its JSON of every
 * line would be thrown away.
 */
function plainText(write: (line: PlainLine) => unknown) {
  return (args: readonly unknown[], _method: unknown, level: number): void => {
    const [first, second] = args
    const fields = typeof first === 'object' ? first : null
    const said = typeof first === 'string' ? first : second
    const message = (typeof said === 'string' ? said : '') + cause(fields)
    write({ at: Date.now(), level, message })
  }
}

function plainWriter(output: { write(line: string): unknown }): (line: PlainLine) => unknown {
  if (output instanceof Stdout) return (line) => output.writePlain(line)
  const timestamps = new Timestamps()
  return (line) => output.write(textOf(line, timestamps))
}

function textOf({ at, level, message }: PlainLine, timestamps: Timestamps): string {
  return `${timestamps.of(at)} ${levelNames.get(level)} ${oneLine(message)}\n`
}

const levelNames = new Map(
  Object.entries(pino.levels.labels).map(([level, label]) => [
    Number(level),
    label.toUpperCase().padEnd(5),
  ]),
)

/** The time as text, made once a millisecond: many lines are written in one. */
class Timestamps {
  #at = Number.NaN
  #text = ''

  of(at: number): string {
    if (at !== this.#at) this.#text = new Date(at).toISOString()
    this.#at = at
    return this.#text
  }
}

function cause(object: object | null): string {
  const error = object !== null && 'err' in object ? object.err : null
  return error instanceof Error ? ` · ${error.stack ?? error.message}` : ''
}

const BREAKS = /[\p{Cc}\u2028\u2029]/u
const EVERY_BREAK = /[\p{Cc}\u2028\u2029]/gu

/** A name or message from outside must not be able to forge a second log line. */
function oneLine(text: string): string {
  if (!BREAKS.test(text)) return text
  return text.replace(EVERY_BREAK, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
