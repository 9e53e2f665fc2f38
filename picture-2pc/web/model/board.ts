import type {
  CoordinatorState,
  ParticipantState,
  PictureStreamEvent,
} from '../../shell/event-stream/types.ts'
import { type Account, adopt } from './account.ts'
import { type Moment, toldBy } from './moment.ts'
import { NodeView } from './node-view.ts'
import { add, inDoubt, newTransaction, partOf, type Transaction } from './transaction.ts'

/** Transactions kept; the oldest that are over go first. */
const KEPT = 600
/** A state lists no more open transactions than these. */
const MOST_LISTED = 100
/** What a stream begins with. */
const STATES: ReadonlySet<string> = new Set(['snapshot', 'status', 'peer'])

/** All that was heard of the cluster, and nothing else. Grows no further than its bounds. */
export class Board {
  /** Whose stream is listened to: the coordinator. '': nothing was heard yet. */
  source = ''
  readonly nodes = new Map<string, NodeView>()
  /** Oldest first. */
  readonly transactions = new Map<string, Transaction>()
  readonly #open = new Set<Transaction>()
  #opening = false

  apply(event: PictureStreamEvent): void {
    const opening = this.#isOpening(event)
    if (event.kind === 'hello') this.#greeted(event)
    const node = this.#node(event.node)
    if (event.kind === 'peer') this.#node(event.peer).reached(event)
    const news = node.hear(event, opening)
    if (news.missing !== 0) {
      this.#inLanes(event, { kind: 'gap', missing: news.missing, since: news.missingSince })
    }
    if (news.restarted) this.#inLanes(event, { kind: 'restarted' })
    if (!news.repeated) this.#tell(event)
    if (news.newState && (event.kind === 'snapshot' || event.kind === 'status')) this.#state(event)
  }

  /** What a coordinator remembers of a transaction, asked for apart from the stream. */
  remember(account: Account, coordinator: string): void {
    const known = this.transactions.get(account.transactionId)
    const transaction = known ?? this.#begin(account.transactionId, account.beganAt)
    adopt(transaction, account, coordinator)
    this.#settle(transaction)
  }

  /** Newest first. */
  latest(): readonly Transaction[] {
    return [...this.transactions.values()].reverse().sort((a, b) => b.firstTime - a.firstTime)
  }

  /** A stream begins with what is known already, each part as old as it is. */
  #isOpening({ kind }: PictureStreamEvent): boolean {
    if (kind === 'hello') this.#opening = true
    else if (!STATES.has(kind)) this.#opening = false
    return this.#opening
  }

  /** A stream begins: it goes on from the last one, or it is not known what came between. */
  #greeted(hello: Extract<PictureStreamEvent, { kind: 'hello' }>): void {
    const first = this.source === ''
    this.source = hello.node
    if (first || (hello.resumed === 'continued' && hello.missed !== null)) return
    for (const node of this.nodes.values()) node.forgetPlace()
  }

  #node(name: string): NodeView {
    const known = this.nodes.get(name)
    if (known !== undefined) return known
    const node = new NodeView(name)
    this.nodes.set(name, node)
    return node
  }

  #tell(event: PictureStreamEvent): void {
    const { node, start, sequence, time } = event
    for (const { transactionId, filename, what } of toldBy(event)) {
      const known = this.transactions.get(transactionId)
      // A record that is written late tells of nothing that is still known here.
      if (known === undefined && what.kind === 'forced') continue
      const transaction = known ?? this.#begin(transactionId, time)
      if (transaction.filename === '') transaction.filename = filename
      add(transaction, { node, start, sequence, time, what })
      this.#settle(transaction)
    }
  }

  #begin(transactionId: string, time: number): Transaction {
    const transaction = newTransaction(transactionId, time)
    this.transactions.set(transactionId, transaction)
    this.#open.add(transaction)
    if (this.transactions.size > KEPT) this.#drop()
    return transaction
  }

  #drop(): void {
    for (const transaction of this.transactions.values()) {
      if (this.#open.has(transaction)) continue
      this.transactions.delete(transaction.transactionId)
      return
    }
    const [oldest] = this.transactions.values()
    if (oldest === undefined) return
    this.transactions.delete(oldest.transactionId)
    this.#open.delete(oldest)
  }

  #settle(transaction: Transaction): void {
    if (transaction.over && inDoubt(transaction).length === 0) this.#open.delete(transaction)
  }

  /** A process was restarted or not heard for a while: so were its lanes of what is not over. */
  #inLanes({ node, start, time }: Omit<Head, 'sequence'>, what: Moment['what']): void {
    for (const transaction of this.#open) {
      if (!transaction.lanes.has(node) && !transaction.parts.has(node)) continue
      add(transaction, { node, start, sequence: 0, time, what })
    }
  }

  #state(event: Extract<PictureStreamEvent, { kind: 'snapshot' | 'status' }>): void {
    const { state, node } = event
    if (state.role === 'coordinator') {
      this.#accounts(node, state, event)
      return
    }
    this.#locks(node, state, event)
  }

  #locks(node: string, state: ParticipantState, { start, sequence, time }: Head): void {
    const held = new Set<string>()
    for (const { transactionId, filename, coordinator, operation, preparedAt } of state.locks) {
      held.add(transactionId)
      const transaction =
        this.transactions.get(transactionId) ?? this.#begin(transactionId, preparedAt)
      transaction.filename ||= filename
      transaction.operation ||= operation
      transaction.coordinator ||= coordinator
      if (partOf(transaction, node).preparedAt !== null) continue
      const what = { kind: 'prepared' } as const
      add(transaction, { node, start, sequence: 0, time: Math.min(preparedAt, time), what })
    }
    if (state.locks.length >= MOST_LISTED) return
    for (const transaction of this.#open) {
      const part = inDoubt(transaction).find((each) => each.node === node)
      if (part === undefined || held.has(transaction.transactionId)) continue
      if (isBehind(transaction, { node, start, sequence })) continue
      part.freeAt = time
      transaction.version += 1
      this.#settle(transaction)
    }
  }

  /** What its coordinator lists is not over; what it does not list any more is. */
  #accounts(node: string, state: CoordinatorState, event: Head): void {
    const listed = new Set<string>()
    for (const each of state.transactions) {
      listed.add(each.transactionId)
      this.remember({ ...each, endedAt: null }, node)
    }
    if (state.transactions.length >= MOST_LISTED) return
    for (const transaction of this.#open) {
      if (transaction.coordinator !== node || listed.has(transaction.transactionId)) continue
      const last = transaction.lanes.get(node)?.at(-1)
      const behind =
        last !== undefined && last.start === event.start && last.sequence > event.sequence
      if (behind || transaction.over || transaction.orphaned) continue
      // Its end was not heard, and it is not among those that are not over.
      transaction.over = true
      transaction.version += 1
      this.#settle(transaction)
    }
  }
}

type Head = Pick<PictureStreamEvent, 'node' | 'start' | 'sequence' | 'time'>

/** Whether the lane of a process has gone on since it told its state. */
function isBehind({ lanes }: Transaction, state: Omit<Head, 'time'>): boolean {
  const last = lanes.get(state.node)?.at(-1)
  return last !== undefined && last.start === state.start && last.sequence > state.sequence
}
