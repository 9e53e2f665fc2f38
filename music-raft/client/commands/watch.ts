import { setTimeout as sleep } from 'node:timers/promises'
import type { QueueList__Output } from '../../../protos/types/queue/QueueList.ts'
import { printJson, type Session } from '../session.ts'
import { askStatus, diverged, type NodeStatus } from '../status.ts'
import { table } from '../table.ts'
import { EXIT } from '../terminal.ts'
import { statusTable } from './cluster.ts'

export interface WatchOptions {
  readonly intervalMs: number
  /** Tracks shown; 0: as many as fit the screen. */
  readonly limit: number
  /** Views shown before it ends; 0: until interrupted. */
  readonly count: number
}

/** What is seen at one moment. */
interface View {
  readonly nodes: readonly NodeStatus[]
  /** null where nobody answered. */
  readonly queue: QueueList__Output | null
}

const STATUS_MS = 1000
const PIPE_TRACKS = 20
/** Lines of the screen that are not tracks, without the nodes: headings, empty lines, the prompt. */
const OTHER_LINES = 6

/**
 * Follows the cluster until interrupted. Each look is a fresh question, so there is no stream to be
 * cut and nothing to resume (T9); the next look waits until the last one was written, so a reader
 * that does not read holds one view and no more (T14). A terminal is redrawn; a pipe gets a view
 * when something changed.
 */
export async function watch(session: Session, options: WatchOptions): Promise<number> {
  const { terminal, json } = session
  let before = ''
  for (let shown = 0; !terminal.signal.aborted; ) {
    const view = await look(session, limitOf(session, options))
    const text = json ? JSON.stringify(view) : draw(view)
    if (terminal.outIsTerminal && !json) {
      await terminal.out(`\u001b[H\u001b[2J${text}`)
    } else if (essence(view) !== before) {
      before = essence(view)
      if (json) await printJson(session, view)
      else await terminal.out(`${text}\n`)
    }
    shown += 1
    if (shown === options.count) break
    const { signal } = terminal
    await sleep(options.intervalMs, undefined, { signal }).catch(() => undefined)
  }
  return EXIT.done
}

function limitOf({ terminal, client }: Session, { limit }: WatchOptions): number {
  if (limit > 0) return limit
  if (!terminal.outIsTerminal) return PIPE_TRACKS
  return Math.max(1, terminal.rows() - client.cluster.nodes.length - OTHER_LINES)
}

async function look({ client }: Session, limit: number): Promise<View> {
  const [nodes, queue] = await Promise.all([
    askStatus(client.cluster, STATUS_MS),
    // Without a leader this fails at once or in a while; what is wrong then shows in the status.
    client.getQueue({ limit }).then(
      ({ answer }) => answer,
      () => null,
    ),
  ])
  return { nodes, queue }
}

function draw({ nodes, queue }: View): string {
  const warning = diverged(nodes)
  const head = statusTable(nodes) + (warning === null ? '' : `\n${warning}\n`)
  if (queue === null) return `${head}\nThe queue cannot be read now.\n`
  const tracks = table(
    ['#', 'VOTES', 'ID', 'TITLE', 'ARTIST', 'SECONDS'],
    queue.queue.map(({ id, title, artist, votes, duration }, index) => [
      index + 1,
      votes,
      id,
      title,
      artist,
      duration,
    ]),
  )
  const more = queue.more ? `… ${queue.total} in all\n` : ''
  return `${head}\n${tracks}${more}`
}

/** What counts as a change: not the memory, nor who heard whom how long ago. */
function essence({ nodes, queue }: View): string {
  const states = nodes.map(({ status, problem }) =>
    status === null
      ? problem
      : [status.role, status.term, status.leaderId, status.lastApplied, status.snapshotIndex],
  )
  return JSON.stringify([states, queue])
}
