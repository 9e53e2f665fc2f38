import { AssertionError } from 'node:assert'
import { ConfigError } from './config.ts'
import { messageOf } from './errors.ts'
import type { Logger } from './logger.ts'
import { CorruptLog, StorageFailure } from './storage-errors.ts'

/** A running process and how it ends in good order. */
export interface Running {
  close(): Promise<void>
}

/** What ends a process by itself: it may not go on, and the next start recovers. */
export type Fatal = (error: unknown) => void

/** EX_IOERR of sysexits: a failed fsync or a damaged log. Never retried. */
const EXIT_STORAGE = 74
const EXIT_USAGE = 2
/** EX_SOFTWARE of sysexits: a broken invariant. */
const EXIT_DEFECT = 70
const DEFECT = 'a defect stops this process; what is on disk is sound'
/** Close takes this long at most; what is durable does not depend on it. */
const CLOSE_WITHIN_MS = 9_000

export interface Life {
  readonly process: NodeJS.Process
  readonly log: Logger
  flush(): void
  start(fatal: Fatal): Promise<Running>
}

/** Starts, serves until SIGTERM or SIGINT, closes and exits with 0; what fails becomes an exit code. */
export async function live({ process, log, flush, start }: Life): Promise<void> {
  const exit = (code: number): never => {
    flush()
    return process.exit(code)
  }
  const fatal: Fatal = (error) => {
    const code = exitCode(error)
    if (code === EXIT_DEFECT) log.fatal({ err: error }, DEFECT)
    else log.fatal(messageOf(error))
    exit(code)
  }
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, DEFECT)
    exit(EXIT_DEFECT)
  })
  let stop: (signal: string) => void = () => undefined
  const stopped = new Promise<string>((resolve) => {
    stop = resolve
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal))
  try {
    const running = await start(fatal)
    const signal = await stopped
    log.info(`stopping on ${signal}`)
    setTimeout(() => exit(0), CLOSE_WITHIN_MS).unref()
    await running.close()
  } catch (error) {
    fatal(error)
  }
  log.info('stopped')
  exit(0)
}

/** What a process that ends with this error exits with. */
export function exitCode(error: unknown): number {
  if (error instanceof StorageFailure || error instanceof CorruptLog) return EXIT_STORAGE
  if (error instanceof AssertionError) return EXIT_DEFECT
  return error instanceof ConfigError ? EXIT_USAGE : 1
}

/** Reads the configuration, or says what is wrong with it and exits with 2. */
export function configured<C>(process: NodeJS.Process, read: () => C): C {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    return process.exit(EXIT_USAGE)
  }
}
