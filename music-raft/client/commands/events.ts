import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchReply__Output } from '../../../protos/types/admin/WatchReply.ts'
import type { NodeChannels } from '../cluster.ts'
import type { Session } from '../session.ts'
import { EXIT } from '../terminal.ts'
import { failureOf } from '../verdict.ts'
import { lineOf } from './event-lines.ts'

export interface EventsOptions {
  /** Events shown before it ends; 0: until interrupted. */
  readonly count: number
  /** Also what there is always: heartbeats, arrivals, states. */
  readonly verbose: boolean
}

/** A stream has no age; its silence ends it. */
const STREAM_MS = 24 * 3_600_000
/** A node that is alive says something every second. */
const SILENCE_MS = 5000
const PAUSE_MS = 500

/**
 * Prints what happens in the cluster as one node hears it, until interrupted. When that node falls
 * silent the next is asked; one that was asked before goes on behind what it told last.
 */
export async function watchEvents(session: Session, options: EventsOptions): Promise<number> {
  const { client, terminal } = session
  const heard = new Map<NodeChannels, string>()
  const printer = new Printer(session, options)
  let problem = ''
  for (let at = client.cluster.leader; !terminal.signal.aborted; at += 1) {
    const node = client.cluster.at(at)
    const before = printer.printed
    const ended = await follow(node, heard, printer, terminal.signal)
    if (terminal.signal.aborted || printer.isDone) break
    if (printer.printed > before) problem = ''
    const { message, refused } = ended
    const said = `node ${node.endpoint.id} is not heard: ${message}`
    if (said !== problem) terminal.err(`music-queue: ${said}\n`)
    if (refused) return EXIT.refused
    problem = said
    await sleep(PAUSE_MS, undefined, { signal: terminal.signal }).catch(() => undefined)
  }
  return EXIT.done
}

interface Ended {
  readonly message: string
  /** It will say the same if asked again. */
  readonly refused: boolean
}

async function follow(
  node: NodeChannels,
  heard: Map<NodeChannels, string>,
  printer: Printer,
  interrupted: AbortSignal,
): Promise<Ended> {
  const silence = new AbortController()
  const over = () => silence.abort() // which cancels the call
  interrupted.addEventListener('abort', over, { once: true })
  let watchdog = setTimeout(over, SILENCE_MS)
  const request = { cluster: true, after: heard.get(node) ?? '' }
  const options = { deadlineMs: STREAM_MS, signal: silence.signal }
  try {
    const stream = node.admin.serverStream('Watch', request, options)
    for await (const { events, id } of stream as AsyncIterable<WatchReply__Output>) {
      // A reader of ours that does not read is not the node's silence.
      clearTimeout(watchdog)
      for (const text of events) await printer.print(text)
      if (id !== '') heard.set(node, id)
      if (printer.isDone) break
      watchdog = setTimeout(over, SILENCE_MS)
    }
    return { message: 'it ended the stream', refused: false }
  } catch (error) {
    const { unreachable, verdict, message } = failureOf(error)
    const why = silence.signal.aborted ? `silent for ${SILENCE_MS / 1000} s` : message
    return { message: unreachable ? 'not reachable' : why, refused: verdict === 'refused' }
  } finally {
    over()
    clearTimeout(watchdog)
    interrupted.removeEventListener('abort', over)
  }
}

class Printer {
  printed = 0
  readonly #session: Session
  readonly #options: EventsOptions

  constructor(session: Session, options: EventsOptions) {
    this.#session = session
    this.#options = options
  }

  get isDone(): boolean {
    return this.#options.count > 0 && this.printed >= this.#options.count
  }

  async print(text: string): Promise<void> {
    if (this.isDone || this.#session.terminal.signal.aborted) return
    const { terminal, json } = this.#session
    const line = json ? text : lineOf(text, this.#options.verbose)
    if (line === null) return
    this.printed += 1
    await terminal.out(`${line}\n`)
  }
}
