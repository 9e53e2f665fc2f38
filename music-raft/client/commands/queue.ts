import type { QueueList__Output } from '../../../protos/types/queue/QueueList.ts'
import type { QueueResponse__Output } from '../../../protos/types/queue/QueueResponse.ts'
import type { Answered } from '../ask.ts'
import type { NewTrack } from '../client.ts'
import { printJson, type Session } from '../session.ts'
import { EXIT } from '../terminal.ts'
import { queueResponseText, tracksText, trackText } from '../text-format.ts'

/** Codes of an answer that did what was asked; a node of an earlier version sends none. */
const APPLIED: ReadonlySet<string> = new Set(['', 'OK', 'APPLIED'])

export async function add({ client, identity, ...session }: Session, track: NewTrack) {
  return printChange(session, 'AddTrack', await client.addTrack(track, identity))
}

export async function remove({ client, identity, ...session }: Session, id: string) {
  return printChange(session, 'RemoveTrack', await client.removeTrack(id, identity))
}

export async function vote({ client, identity, ...session }: Session, id: string, up: boolean) {
  return printChange(session, 'VoteTrack', await client.voteTrack(id, up, identity))
}

type Output = Pick<Session, 'terminal' | 'json'>

async function printChange(
  output: Output,
  rpc: string,
  { answer, leader, term }: Answered<QueueResponse__Output>,
): Promise<number> {
  const ok = APPLIED.has(answer.code)
  if (output.json) await printJson(output, { ok, rpc, ...answer, leader, term })
  else await output.terminal.out(`${rpc} response: ${queueResponseText(answer)}`)
  return ok ? EXIT.done : EXIT.refused
}

/** Prints the track played; an empty queue is answered like a refusal, for scripts that loop. */
export async function play({ client, identity, json, terminal }: Session): Promise<number> {
  const { answer: track, leader, term } = await client.playNext(identity)
  const ok = track.id !== ''
  if (json) await printJson({ terminal }, { ok, rpc: 'PlayNext', track, leader, term })
  else await terminal.out(`PlayNext response: ${trackText(track) || '\n'}`)
  if (!ok) terminal.err('music-queue: the queue is empty\n')
  return ok ? EXIT.done : EXIT.refused
}

export async function metadata({ client, json, terminal }: Session, id: string): Promise<number> {
  const { answer: track, leader, term } = await client.getMetadata(id)
  const ok = track.id !== ''
  if (json) await printJson({ terminal }, { ok, rpc: 'GetMetadata', track, leader, term })
  else await terminal.out(`Track Metadata:\n${trackText(track)}`)
  if (!ok) terminal.err(`music-queue: no track ${JSON.stringify(id)} is queued\n`)
  return ok ? EXIT.done : EXIT.refused
}

/** Which part of a list is asked for; all: page by page until its end. */
export interface ListOptions {
  readonly offset: number
  readonly limit: number
  readonly all: boolean
}

const LISTS = {
  GetQueue: { heading: 'Current Queue:', ask: 'getQueue' },
  GetHistory: { heading: 'History:', ask: 'getHistory' },
} as const

export async function list(
  { client, json, terminal }: Session,
  rpc: keyof typeof LISTS,
  { offset, limit, all }: ListOptions,
): Promise<number> {
  const { heading, ask } = LISTS[rpc]
  let shown = offset
  for (let page = 1; ; page++) {
    const { answer, leader, term } = await client[ask]({ offset: shown, limit })
    shown += answer.queue.length
    if (json) await printJson({ terminal }, { ok: true, rpc, ...answer, leader, term })
    else await terminal.out((page === 1 ? `${heading}\n` : '') + tracksText(answer.queue))
    if (all && answer.more && answer.queue.length > 0 && !terminal.signal.aborted) continue
    if (answer.more && !json) terminal.err(cut(shown, answer))
    return EXIT.done
  }
}

function cut(shown: number, { total }: QueueList__Output): string {
  return `music-queue: up to track ${shown} of ${total}; --offset ${shown} goes on, --all shows all\n`
}
