import { spawn } from 'node:child_process'
import { type Command, createConcurrently, LogError, Logger } from 'concurrently'

/** A process to run: a compiled program and its whole environment. */
export interface Program {
  readonly name: string
  /** Path of the compiled main. */
  readonly main: string
  readonly env: Readonly<Record<string, string>>
}

/** A process stops by itself within 9 s; what still runs after this is killed. */
const STOP_WITHIN_MS = 9_500
const COLORS = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'white', 'gray']
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs programs side by side until SIGINT or SIGTERM, their lines with coloured names before them.
 * When one ends by itself, the others are stopped too. Resolves with the exit code once all have
 * ended: 0 when they were told to and obeyed.
 *
 * Of concurrently it takes the prefixes. Processes are started and signalled directly, without a shell
 * between and without the `ps` that finding a shell's children needs.
 */
export function together(programs: readonly Program[], process: NodeJS.Process): Promise<number> {
  const width = Math.max(...programs.map(({ name }) => name.length))
  const logger = new Logger({ prefixFormat: '{name} |' })
  const { commands, result } = createConcurrently(
    programs.map(({ name, main, env }, index) => ({
      command: main,
      name: name.padEnd(width),
      env: { ...env },
      prefixColor: COLORS[index % COLORS.length] ?? 'white',
    })),
    {
      logger,
      outputStream: process.stdout,
      spawn: (main, options) => spawn(globalThis.process.execPath, [main], options),
      kill: (pid, signal) => void process.kill(pid, signal),
      controllers: [new LogError({ logger }), wholeLines(logger)],
    },
  )
  let code = 0
  let stopping = false
  const stop = (why: string) => {
    if (stopping) return
    stopping = true
    logger.logGlobalEvent(`${why}: stopping all`)
    for (const command of commands) command.kill('SIGTERM')
    setTimeout(() => {
      code = 1
      logger.logGlobalEvent(`not all stopped within ${STOP_WITHIN_MS} ms: killing them`)
      for (const command of commands) command.kill('SIGKILL')
    }, STOP_WITHIN_MS).unref()
  }
  for (const signal of SIGNALS) process.on(signal, () => stop(signal))
  process.stdout.on('error', () => stop('nobody reads the output'))
  for (const command of commands) {
    command.close.subscribe(({ exitCode }) => {
      const name = command.name.trim()
      if (!stopping) {
        code = 1
        stop(`${name} ended by itself with ${exitCode}`)
      } else if (exitCode !== 0 && !SIGNALS.some((signal) => signal === exitCode)) {
        // A process that has only begun to start ends by the signal itself.
        code = 1
        logger.logGlobalEvent(`${name} ended with ${exitCode}`)
      }
    })
  }
  const ended = () => {
    if (code === 0) logger.logGlobalEvent('all stopped')
    return code
  }
  return result.then(ended, ended)
}

/** Passes on whole lines: a chunk can end in the middle of one, and another process's follow. */
function wholeLines(logger: Logger) {
  const handle = (commands: Command[]) => {
    for (const command of commands) {
      for (const stream of [command.stdout, command.stderr]) {
        let rest = ''
        stream.subscribe((chunk) => {
          const text = rest + chunk.toString()
          const end = text.lastIndexOf('\n') + 1
          rest = text.slice(end)
          if (end > 0) logger.logCommandText(text.slice(0, end), command)
        })
        command.close.subscribe(() => {
          if (rest !== '') logger.logCommandText(`${rest}\n`, command)
        })
      }
    }
    return { commands }
  }
  return { handle }
}
