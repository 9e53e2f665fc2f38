import { signal } from '@preact/signals'
import { EventClient } from '../../common/web/event-source.ts'
import { ClockOffset } from '../../common/web/model/clock-offset.ts'
import type { Connection } from '../../common/web/model/connection.ts'
import type { PictureStreamEvent } from '../shell/event-stream/types.ts'
import { type About, about, transactions } from './api.ts'
import { accountOf } from './model/account.ts'
import { Board } from './model/board.ts'

const board = new Board()
/** All that was heard; set anew when it is to be drawn anew. */
export const heard = signal<{ readonly board: Board }>({ board })
export const connection = signal<Connection>({
  ...{ kind: 'connecting', since: Date.now(), before: null },
})
export const facts = signal<About>({ node: '', participants: [], maxPictureBytes: null })
/** Events left out because this page was too slow. */
export const dropped = signal(0)

/** What may be otherwise with pictures now. */
export interface PictureNews {
  /** Names of those that a participant may hold otherwise. */
  readonly touched: ReadonlySet<string>
  /** Of these, those that may have other bytes. */
  readonly renewed: ReadonlySet<string>
  /** So may be others, of which nobody said the name. */
  readonly others: boolean
  /** Somebody is heard who was not: all may be. */
  readonly begunAnew: boolean
}

export type Listener = (news: PictureNews) => void

/** Drawn no more often: nobody reads faster, and scrolling stays fluid under load. */
const DRAW_MS = 60
const REMEMBERED = 60

let scheduled = false
let lastDrawn = 0

/** Begins to listen. Call once. */
export function beginListening(listener: Listener): void {
  const client = new EventClient({
    url: './events?cluster=1',
    take: (events, heardAt) => take(events, heardAt, listener),
    connection: (state) => {
      connection.value = state
      if (state.kind === 'live') void recall()
    },
  })
  void client.run()
}

function take(events: readonly unknown[], heardAt: number, listener: Listener): void {
  const touched = new Set<string>()
  const renewed = new Set<string>()
  let [begunAnew, others] = [false, false]
  for (const event of events) {
    if (!isEvent(event)) continue
    if (event.kind === 'hello') begunAnew = true
    if (event.kind === 'dropped') dropped.value += event.count
    if (event.kind === 'peer' && event.reachable) begunAnew = true
    offsetOf(event.node).take(event.time, heardAt)
    board.apply(event)
    const name = touchedBy(event)
    if (name !== null) touched.add(name)
    if (name !== null && isUpload(event)) renewed.add(name)
    others ||= event.kind === 'forced' && event.records.some(({ type }) => PLAIN.has(type))
  }
  listener({ touched, renewed, others, begunAnew })
  draw()
}

const offsets = new Map<string, ClockOffset>()

function offsetOf(node: string): ClockOffset {
  const known = offsets.get(node) ?? new ClockOffset()
  offsets.set(node, known)
  return known
}

/** A time by the clock of a node, by this page's: ages are not to depend on whose clock is right. */
export function toHere(node: string, time: number): number {
  return offsetOf(node).toHere(time)
}

/** What the coordinator did before this page looked, and who takes part. */
async function recall(): Promise<void> {
  try {
    const [known, remembered] = await Promise.all([about(), transactions(REMEMBERED)])
    facts.value = known
    for (const each of [...remembered].reverse()) {
      const account = accountOf(each)
      if (account !== null) board.remember(account, known.node)
    }
    draw()
  } catch {
    // The stream tells what matters; it is asked again when the connection is.
  }
}

function draw(): void {
  if (scheduled) return
  scheduled = true
  const wait = Math.max(0, lastDrawn + DRAW_MS - performance.now())
  setTimeout(() => {
    scheduled = false
    lastDrawn = performance.now()
    heard.value = { board }
  }, wait)
}

/** The picture of which a participant holds other bytes, likes or nothing now. */
function touchedBy(event: PictureStreamEvent): string | null {
  const isTold = event.kind === 'decided' && 'by' in event && event.decision === 'commit'
  return isTold ? event.filename : null
}

function isUpload(event: PictureStreamEvent): boolean {
  return (
    'transactionId' in event &&
    board.transactions.get(event.transactionId ?? '')?.operation === 'upload'
  )
}

/** Records of what a client changed at one participant alone. */
const PLAIN: ReadonlySet<string> = new Set(['upload', 'delete', 'like'])

function isEvent(value: unknown): value is PictureStreamEvent {
  if (typeof value !== 'object' || value === null) return false
  const { node, start, sequence, time, kind } = value as Record<string, unknown>
  return [node, start, kind].every(isText) && [sequence, time].every(Number.isFinite)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

/** The participants, in the order of the coordinator. */
export function participantNames(): readonly string[] {
  const { participants } = facts.value
  if (participants.length > 0) return participants
  return [...heard.value.board.nodes.keys()].filter((name) => name !== board.source).sort()
}
