import { Bounded } from '../../../common/web/model/bounded.ts'
import type { MessageEvent, MessagesEvent } from '../../server/event-stream/types.ts'

export type MessageType = MessageEvent['type']

/** A message, by what its two ends told. Times are those of the nodes' clocks. */
export interface Arrow {
  readonly type: MessageType
  readonly from: number
  readonly to: number
  readonly term: number
  /** Of AppendEntries; 0 is a heartbeat. */
  readonly entries: number
  /** Of a response: whether it says yes. */
  readonly success: boolean | null
  readonly preVote: boolean
  /** null: the sender did not tell it, or not yet. */
  sentAt: number | null
  /** null: the receiver did not tell it, or not yet. That says nothing of whether it arrived. */
  receivedAt: number | null
}

/** Messages that were told as a number. */
export interface Bundle {
  readonly type: MessageType
  readonly from: number
  readonly to: number
  readonly begin: number
  readonly end: number
  readonly count: number
  /** Which end told it; the two tell the same messages. */
  readonly toldBy: 'sender' | 'receiver'
}

export const MOST_ARROWS = 12_000
export const MOST_BUNDLES = 6000

/** The messages of the last while, paired by what both ends told of them. Bounded. */
export class MessageLog {
  readonly arrows = new Bounded<Arrow>(MOST_ARROWS)
  readonly bundles = new Bounded<Bundle>(MOST_BUNDLES)
  /** Arrows by what names them at both ends. */
  readonly #byKey = new Map<string, Arrow>()
  readonly #keys = new Bounded<string>(MOST_ARROWS)

  /** How many arrows can still find their other end. */
  get pairable(): number {
    return this.#byKey.size
  }

  /** The arrow, once both its ends are known; else null. */
  takeMessage(event: MessageEvent, time: number): Arrow | null {
    const { type, from, to, number, direction, preVote = false } = event
    const key = `${from}>${to} ${type} ${number} ${preVote}`
    const known = this.#byKey.get(key)
    const sent = direction === 'sent'
    if (known !== undefined) {
      if (sent) known.sentAt ??= time
      else known.receivedAt ??= time
      return known.sentAt === null || known.receivedAt === null ? null : known
    }
    const arrow: Arrow = {
      ...{ type, from, to, term: event.term, preVote },
      entries: event.entries ?? 0,
      success: event.success ?? null,
      sentAt: sent ? time : null,
      receivedAt: sent ? null : time,
    }
    if (this.#keys.length === MOST_ARROWS) this.#byKey.delete(this.#keys.at(0) ?? '')
    this.#keys.push(key)
    this.#byKey.set(key, arrow)
    this.arrows.push(arrow)
    return null
  }

  /** `node`: whose event it is. */
  takeMessages(node: number, { spanMs, counts }: MessagesEvent, time: number): void {
    for (const { direction, type, peer, count } of counts) {
      const sent = direction === 'sent'
      this.bundles.push({
        ...{ type, count },
        from: sent ? node : peer,
        to: sent ? peer : node,
        begin: time - spanMs,
        end: time,
        toldBy: sent ? 'sender' : 'receiver',
      })
    }
  }
}
