import type {
  CoordinatorNodeEvent,
  CoordinatorState,
  OpenTransaction,
  ParticipantNodeEvent,
  ParticipantState,
  PictureStreamEvent,
} from '../../../shell/event-stream/types.ts'
import { Board } from '../board.ts'

export const COORDINATOR = 'http-node1'
export const PARTICIPANTS = ['grpc-node1', 'grpc-node2', 'grpc-node3'] as const

type Body = CoordinatorNodeEvent | ParticipantNodeEvent

/** A cluster that tells what a test lets it do. */
export class Told {
  readonly board = new Board()
  time = 1000
  readonly #runs = new Map<string, { start: string; sequence: number }>()

  constructor() {
    this.hello('fresh', 0)
    for (const node of [COORDINATOR, ...PARTICIPANTS]) this.snapshot(node)
  }

  hello(resumed: 'fresh' | 'continued' | 'restarted', missed: number | null): void {
    const hello = { kind: 'hello', stream: 'cluster', resumed, missed } as const
    this.board.apply({ ...this.#head(COORDINATOR), ...hello })
  }

  snapshot(node: string, state: object = {}): void {
    const event = { kind: 'snapshot', story: [], state: stateOf(node, state) } as const
    this.board.apply({ ...this.#head(node), ...event })
  }

  status(node: string, state: object = {}): void {
    this.say(node, { kind: 'status', state: stateOf(node, state) })
  }

  peer(peer: string, reachable: boolean): void {
    const [since, lastHeard, reason] = [this.time, this.time - 10, reachable ? '' : 'no connection']
    this.say(COORDINATOR, { kind: 'peer', peer, reachable, since, lastHeard, reason })
  }

  /** One millisecond later. */
  say(
    node: string,
    body: Body | Extract<PictureStreamEvent, { kind: 'peer' | 'status' }> | object,
  ) {
    this.time += 1
    this.#run(node).sequence += 1
    const event = { ...this.#head(node), ...body } as PictureStreamEvent
    this.board.apply(event)
    return event
  }

  /** It happens, and nobody hears of it. */
  unheard(node: string, events: number): void {
    this.#run(node).sequence += events
  }

  restart(node: string): void {
    const { start } = this.#run(node)
    this.#runs.set(node, { start: `${start}'`, sequence: 0 })
  }

  begin(transactionId: string, filename = 'a.png', operation = 'delete'): void {
    this.say(COORDINATOR, { kind: 'began', transactionId, filename, operation })
  }

  /** A message there, and the reply back. */
  call(transactionId: string, node: string, rpc: string, reply: string, between: Body[] = []) {
    const one = { kind: 'rpc', rpc, transactionId, filename: 'a.png' }
    this.say(COORDINATOR, { ...one, direction: 'sent', peer: node })
    this.say(node, { ...one, direction: 'received', peer: COORDINATOR })
    for (const event of between) this.say(node, event)
    this.say(node, { ...one, direction: 'replied', peer: COORDINATOR, reply })
    this.say(COORDINATOR, { ...one, direction: 'answered', peer: node, reply })
  }

  vote(transactionId: string, node: string, yes = true): void {
    const record = { type: 'prepare', transactionId }
    const prepared: Body[] = [
      { kind: 'forced', tookMs: 1, count: 1, records: [record] },
      { kind: 'prepared', transactionId, filename: 'a.png' },
    ]
    this.call(
      transactionId,
      node,
      'VoteRequest',
      yes ? 'VoteCommit' : 'VoteAbort',
      yes ? prepared : [],
    )
    const vote = yes ? { vote: 'commit', likes: 0 } : { vote: 'abort', reason: 'PICTURE_NOT_FOUND' }
    this.say(COORDINATOR, { kind: 'voted', transactionId, from: node, vote })
  }

  decide(transactionId: string, decision: 'commit' | 'abort'): void {
    if (decision === 'commit') {
      const records = [{ type: 'commit', transactionId }]
      this.say(COORDINATOR, { kind: 'forced', tookMs: 2, count: 1, records })
    }
    this.say(COORDINATOR, { kind: 'decided', transactionId, decision })
  }

  deliver(transactionId: string, node: string, decision: 'commit' | 'abort'): void {
    const rpc = decision === 'commit' ? 'GlobalCommit' : 'GlobalAbort'
    const by = { by: COORDINATOR, asked: false }
    this.call(transactionId, node, rpc, 'Ack', [
      { kind: 'decided', transactionId, filename: 'a.png', decision, ...by },
    ])
    this.say(COORDINATOR, { kind: 'acknowledged', transactionId, from: node })
  }

  /** A whole transaction that commits. */
  commit(transactionId: string): void {
    this.begin(transactionId)
    for (const node of PARTICIPANTS) this.vote(transactionId, node)
    this.decide(transactionId, 'commit')
    for (const node of PARTICIPANTS) this.deliver(transactionId, node, 'commit')
    this.say(COORDINATOR, { kind: 'forgotten', transactionId, complete: true })
  }

  transaction(transactionId: string) {
    const transaction = this.board.transactions.get(transactionId)
    if (transaction === undefined) throw new Error(`${transactionId} is not known`)
    return transaction
  }

  #run(node: string) {
    const known = this.#runs.get(node) ?? { start: `${node}-run`, sequence: 0 }
    this.#runs.set(node, known)
    return known
  }

  #head(node: string) {
    return { node, ...this.#run(node), time: this.time }
  }
}

export function openTransaction(transactionId: string, beganAt: number): OpenTransaction {
  return {
    ...{ transactionId, filename: 'a.png', operation: 'delete', beganAt },
    ...{ decision: null, decidedAt: null },
    participants: PARTICIPANTS.map((node) => ({
      ...{ node, vote: null, reason: '', votedAt: null, acknowledgedAt: null, lastFailure: '' },
    })),
  }
}

function stateOf(node: string, state: object): CoordinatorState | ParticipantState {
  if (node === COORDINATOR) {
    return {
      ...{ role: 'coordinator', stopping: false, diskFull: false, open: 0, committing: 0 },
      ...{ participants: PARTICIPANTS.map((each) => ({ node: each, connected: true })) },
      ...{ transactions: [], forcedWrites: 0, ...state },
    }
  }
  return {
    ...{ role: 'participant', pictures: 1, space: 'plenty', locks: [], locksTotal: 0 },
    ...{ forcedWrites: 0, ...state },
  }
}
