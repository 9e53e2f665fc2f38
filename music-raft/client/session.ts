import { randomUUID } from 'node:crypto'
import { CallFailed } from './ask.ts'
import { type ClientOptions, QueueClient, type RequestIdentity } from './client.ts'
import { EXIT, type Terminal } from './terminal.ts'
import { queueResponseText } from './text-format.ts'
import { NO_LEADER } from './verdict.ts'

/** What a command works with. */
export interface Session {
  readonly client: QueueClient
  readonly terminal: Terminal
  readonly json: boolean
  /** Of the one write a command makes. */
  readonly identity: RequestIdentity
}

/** Opens a client, runs a command with it, and turns what it throws into words and an exit code. */
export async function inSession(
  terminal: Terminal,
  options: ClientOptions,
  { json, identity }: { readonly json: boolean; readonly identity: RequestIdentity | null },
  command: (session: Session) => Promise<number>,
): Promise<number> {
  const client = new QueueClient(options)
  const session: Session = {
    client,
    terminal,
    json,
    identity: identity ?? { clientId: randomUUID(), requestId: 1 },
  }
  try {
    return await command(session)
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error
    await explain(session, error)
    return error.outcome === 'unknown' ? EXIT.unknown : EXIT.refused
  } finally {
    client.close()
  }
}

export function printJson({ terminal }: Pick<Session, 'terminal'>, value: unknown): Promise<void> {
  return terminal.out(`${JSON.stringify(value)}\n`)
}

/** RPCs whose reply has a message, in which the original says that nobody leads. */
const WITH_MESSAGE: ReadonlySet<string> = new Set(['AddTrack', 'RemoveTrack', 'VoteTrack'])

async function explain(session: Session, { rpc, outcome, failure }: CallFailed): Promise<void> {
  const { terminal, json, identity } = session
  const { status, code, message } = failure
  const noLeader = message === NO_LEADER && WITH_MESSAGE.has(rpc)
  if (json) {
    await printJson(session, { ok: false, rpc, outcome, status, code, message, ...identity })
  } else if (noLeader) {
    await terminal.out(`${rpc} response: ${queueResponseText(onlyMessage(message))}`)
  }
  const reason = failure.unreachable
    ? `no node can be reached: is the cluster running, and are the endpoints right? (${message})`
    : `${code === '' ? status : code}: ${message}`
  if (outcome === 'refused') {
    terminal.err(`music-queue: ${rpc} had no effect · ${reason}\n`)
    return
  }
  terminal.err(
    `music-queue: whether ${rpc} took effect is not known · ${reason}\n` +
      `To find out, repeat the command with --client-id ${identity.clientId} --request-id ${identity.requestId}: it takes effect once.\n`,
  )
}

function onlyMessage(message: string) {
  return { message, queue: [], position: 0, total: 0, code: '' }
}
