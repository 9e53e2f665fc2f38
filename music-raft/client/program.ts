import { Command, CommanderError, Option } from 'commander'
import { createLogger } from '../../common/logger.ts'
import type { ClientOptions, RequestIdentity } from './client.ts'
import { DEFAULT_ENDPOINTS, parseEndpoints } from './endpoints.ts'
import { clientId, duration, wholeNumber } from './options.ts'
import { addClusterCommands } from './program-cluster.ts'
import { addQueueCommands } from './program-queue.ts'
import { inSession, type Session } from './session.ts'
import { type Environment, EXIT, type Terminal, UsageError } from './terminal.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly endpoints: string
  readonly timeout: number
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly stale: boolean
  readonly clientId?: string
  readonly requestId?: number
}

/** Runs a command's work in a session and keeps its exit code. `silent`: logs calls only if asked to. */
export type Perform = (
  command: Command,
  work: (session: Session, options: GlobalOptions) => Promise<number>,
  silent?: 'silent',
) => Promise<void>

const EXAMPLES = `
Examples:
  music-queue add --id 123 --title "Retry" --artist "Me" --duration 100
  music-queue vote --id 123 --up true
  music-queue queue --json
  music-queue --endpoints localhost:15051 play        through the gateway
  music-queue status
  music-queue load tracks.csv

Exit status: 0 done · 1 refused or failed, without effect · 2 wrong usage · 3 the outcome is unknown.
Standard output is for scripts; calls, progress and reasons go to standard error.`

/** Runs a command line (without the program's name). Resolves with the exit code. */
export async function run(
  words: readonly string[],
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  let exit: number = EXIT.done
  const perform: Perform = async (command, work, silent) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    const settings = { json: options.json, identity: identityOf(options) }
    const client = clientOptions(options, environment, terminal, silent)
    exit = await inSession(terminal, client, settings, (session) => work(session, options))
  }
  const program = createProgram(environment, terminal, perform)
  try {
    await program.parseAsync(words, { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    const fromSystem = error instanceof Error && 'syscall' in error
    if (!(error instanceof UsageError) && !fromSystem) throw error
    terminal.err(`music-queue: ${error.message}\n`)
    return fromSystem ? EXIT.refused : EXIT.usage
  }
}

/** The command line as data: help, parsing and completion come from it. */
export function createProgram(
  environment: Environment,
  terminal: Terminal,
  perform: Perform,
): Command {
  const program = new Command('music-queue')
    .description('The client of the replicated music queue.')
    .addOption(
      new Option('--endpoints <list>', 'nodes 1, 2, … as host:port,… (QUEUE_ENDPOINTS)').default(
        environment.QUEUE_ENDPOINTS || DEFAULT_ENDPOINTS,
        environment.QUEUE_ENDPOINTS || 'localhost:50051 to localhost:50055',
      ),
    )
    .addOption(
      new Option('--timeout <time>', 'over all attempts: 5, 2.5s, 300ms')
        .argParser(duration)
        .default(15_000, '15s'),
    )
    .option('--json', 'print JSON', false)
    .option('-q, --quiet', 'do not tell which calls are made', false)
    .option('-v, --verbose', 'tell it in load, watch, status and member too', false)
    .option('--stale', 'read what the asked node has, at once', false)
    .addOption(
      new Option('--client-id <uuid>', 'repeat a request: who made it').argParser(clientId),
    )
    .addOption(
      new Option('--request-id <number>', 'repeat a request: which it was').argParser(wholeNumber),
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void terminal.out(text),
      writeErr: (text) => terminal.err(text),
    })
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(--help shows what is allowed)')
    .exitOverride()
  addQueueCommands(program, perform)
  addClusterCommands(program, perform, terminal)
  return program
}

function identityOf({ clientId, requestId }: GlobalOptions): RequestIdentity | null {
  if (clientId === undefined && requestId === undefined) return null
  if (clientId === undefined || requestId === undefined) {
    throw new UsageError('--client-id and --request-id go together')
  }
  return { clientId, requestId }
}

function clientOptions(
  options: GlobalOptions,
  { ADMIN_TOKEN: adminToken }: Environment,
  terminal: Terminal,
  silent: 'silent' | undefined,
): ClientOptions {
  const { endpoints, timeout: timeoutMs, quiet, verbose, stale } = options
  const told = !quiet && (silent === undefined || verbose)
  const { log } = createLogger({
    node: '0',
    level: told ? 'info' : 'silent',
    format: 'pretty',
    destination: { write: (line) => terminal.err(line) },
  })
  const client = { endpoints: endpointsOf(endpoints), timeoutMs, log, stale }
  const { signal } = terminal
  return adminToken ? { ...client, signal, adminToken } : { ...client, signal }
}

function endpointsOf(text: string) {
  try {
    return parseEndpoints(text)
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
