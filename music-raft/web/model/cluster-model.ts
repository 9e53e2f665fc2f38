import type { PeerEvent } from '../../../common/event-stream/event.ts'
import { Bounded } from '../../../common/web/model/bounded.ts'
import { ClockOffset } from '../../../common/web/model/clock-offset.ts'
import type { Connection } from '../../../common/web/model/connection.ts'
import { type AnyEvent, StreamReader, type Taken } from '../../../common/web/model/stream-reader.ts'
import {
  RAFT_STORY,
  type RaftNodeState,
  type RaftStreamEvent,
} from '../../server/event-stream/types.ts'
import { Happenings } from './happenings.ts'
import { MessageLog } from './messages.ts'
import { Rates } from './rates.ts'
import { RoleHistory } from './roles.ts'
import { Skew } from './skew.ts'
import { changed } from './state-change.ts'

/** A status comes every second. */
const SILENCE_MS = 3000
const OPENING_MS = 1500
/** Losses of the connection that are kept. */
const MOST_BLIND = 200

/** What this page knows of the cluster, as it was told and nothing more. Knows no clock and no DOM. */
export class ClusterModel {
  readonly reader = new StreamReader<RaftNodeState>({ change: changed, story: RAFT_STORY })
  readonly roles = new RoleHistory()
  readonly happenings = new Happenings()
  readonly messages = new MessageLog()
  readonly rates = new Rates()
  /** From the clock of the node asked to this page's. */
  offset = new ClockOffset()
  skew = new Skew()
  /** Whom the node asked hears, by name. */
  readonly reach = new Map<string, PeerEvent>()
  /** The process that this stream comes from; null: none was heard yet. */
  asked: string | null = null
  #connection: Connection
  /** When this page heard nothing, by the clock of the node asked. */
  readonly #blind = new Bounded<{ from: number; until: number | null }>(MOST_BLIND)
  /** Events taken since the page was opened. */
  events = 0
  /** When anything was last heard, by this page's clock. */
  heardAt = 0
  #commitIndex = 0
  #commitTime = 0
  /** A stream begins with states of different ages. */
  #countFrom = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get connection(): Connection {
    return this.#connection
  }

  get blind(): Iterable<{ readonly from: number; readonly until: number | null }> {
    return this.#blind
  }

  connected(connection: Connection): void {
    this.#connection = connection
    const last = this.#blind.at(-1)
    const open = last !== undefined && last.until === null
    if (connection.kind === 'live' && open) last.until = this.offset.toThere(connection.since)
    if (connection.kind !== 'lost' || connection.before === null || open) return
    const from = this.offset.toThere(connection.before)
    this.#blind.push({ from, until: null })
    if (this.asked !== null) {
      this.roles.mark(Number(this.asked), { time: from, state: 'unheard', term: 0 })
    }
  }

  take(events: readonly unknown[], heardAt: number): void {
    this.heardAt = heardAt
    for (const event of events) this.#takeOne(event, heardAt)
  }

  #takeOne(given: unknown, heardAt: number): void {
    const taken = this.reader.take(given, heardAt)
    if (taken === null) return
    this.events += 1
    const event = this.#aligned(taken.event) as AnyEvent & RaftStreamEvent
    if (event.kind === 'hello') {
      this.#askedIs(event.node)
      this.#countFrom = event.time + OPENING_MS
    }
    if (event.node === this.asked) this.offset.take(event.time, heardAt)
    if (event.kind === 'peer') this.#peer(event, event.node)
    if (taken.gap > 0) this.happenings.add({ ...head(event), kind: 'gap', count: taken.gap })
    if (event.kind === 'dropped') this.happenings.add(event)
    if (event.kind === 'snapshot' && Array.isArray(event.story)) this.#story(event.story)
    if (taken.restarted) this.#restarted(event)
    if (RAFT_STORY.has(event.kind)) this.#tell(event)
    if (!taken.repeated && !taken.past) this.#live(event, taken)
  }

  /** By the clock of the node asked, so that lanes line up. */
  #aligned(event: AnyEvent): AnyEvent {
    const ahead = this.skew.of(Number(event.node))
    return ahead === 0 ? event : { ...event, time: event.time - ahead }
  }

  /** Through a gateway another process may answer: what the one before heard is no news any more. */
  #askedIs(node: string): void {
    if (this.asked !== null && this.asked !== node) {
      this.reach.clear()
      this.offset = new ClockOffset()
      this.skew = new Skew()
    }
    this.asked = node
    this.reach.delete(node)
  }

  #peer(event: PeerEvent & AnyEvent, told: string): void {
    if (told !== this.asked) return
    const before = this.reach.get(event.peer)
    this.reach.set(event.peer, event)
    const id = Number(event.peer)
    if (!Number.isSafeInteger(id)) return
    if (!event.reachable) {
      this.roles.mark(id, { time: event.lastHeard ?? event.since, state: 'unheard', term: 0 })
    }
    // Being heard for the first time is how every stream begins, and no news.
    if (before !== undefined && before.reachable !== event.reachable) this.happenings.add(event)
    else if (before === undefined && !event.reachable) this.happenings.add(event)
  }

  #restarted(event: AnyEvent): void {
    this.happenings.add({ ...head(event), kind: 'restarted' })
  }

  #story(story: readonly unknown[]): void {
    for (const told of story) {
      if (isStory(told)) this.#tell(this.#aligned(told))
    }
  }

  #tell(event: AnyEvent): void {
    this.happenings.add(event)
    const rare = event as AnyEvent & RaftStreamEvent
    if (rare.kind === 'roleChanged') {
      const { time, role: state, term } = rare
      this.roles.mark(Number(rare.node), { time, state, term })
    }
  }

  #live(event: AnyEvent & RaftStreamEvent, { reading }: Taken<RaftNodeState>): void {
    const node = Number(event.node)
    const time = event.time
    if (event.node === this.asked) this.rates.hear(time)
    switch (event.kind) {
      case 'message': {
        const arrow = this.messages.takeMessage(event, time)
        if (arrow !== null) this.skew.take(arrow, Number(this.asked))
        // Each is told at both ends: counted where it was sent.
        if (event.direction === 'sent') this.rates.add('messages', time)
        break
      }
      case 'messages':
        this.messages.takeMessages(node, event, time)
        for (const { direction, count } of event.counts) {
          if (direction === 'sent') this.rates.add('messages', time, count)
        }
        break
      case 'call':
        if (event.direction === 'received') this.rates.add('calls', time)
        break
      case 'snapshot':
      case 'status': {
        const { role: state, term } = event.state
        this.roles.mark(node, { time, state, term })
        break
      }
      default:
    }
    this.#committed(reading.state?.commitIndex ?? 0, time)
  }

  /** What the cluster committed, whoever said so first. */
  #committed(index: number, time: number): void {
    // After a silence it is not known in which seconds it was.
    const continued = time - this.#commitTime < SILENCE_MS && time > this.#countFrom
    this.#commitTime = Math.max(this.#commitTime, time)
    if (index <= this.#commitIndex) return
    if (continued) this.rates.add('committed', time, index - this.#commitIndex)
    this.#commitIndex = index
  }
}

function head({ node, start, sequence, time }: AnyEvent): AnyEvent {
  return { node, start, sequence, time, kind: '' }
}

function isStory(value: unknown): value is AnyEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'node' in value &&
    'time' in value &&
    'sequence' in value &&
    RAFT_STORY.has(String(value.kind))
  )
}
