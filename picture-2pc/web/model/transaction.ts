import type { Decision, Happening, Moment, Vote } from './moment.ts'

/** What is known of one participant's part in a transaction. */
export interface Part {
  readonly node: string
  vote: Vote | null
  reason: string
  /** It told itself that it prepared: the picture is locked from then on. By its clock. */
  preparedAt: number | null
  /** It told itself what was decided: the lock is free. By its clock. */
  decision: Decision | null
  decidedAt: number | null
  decidedBy: string
  asked: boolean
  /** It was not heard how, but by then (its clock) it was in doubt no more. */
  freeAt: number | null
  acknowledged: boolean
  /** Deliveries of the decision that were not answered. */
  failures: number
  lastFailure: string
}

/**
 * How far it is. `unknown`: the coordinator that began it was restarted, or fell silent about it, and
 * nobody told what became of it.
 */
export type Phase = 'voting' | 'committing' | 'aborting' | 'committed' | 'aborted' | 'unknown'

/** A transaction as it was heard: what nobody told is not in it. */
export interface Transaction {
  readonly transactionId: string
  filename: string
  operation: string
  /** By the coordinator's clock; of the first that told of it where the beginning was not heard. */
  readonly firstTime: number
  /** '': nobody said who coordinates it. */
  coordinator: string
  /** The coordinator told of its beginning, now or in a state. */
  beginningHeard: boolean
  decision: Decision | null
  decidedAt: number | null
  /** The coordinator told that it is over. */
  over: boolean
  /** All acknowledged; null: not over. */
  complete: boolean | null
  overAt: number | null
  /** The coordinator was restarted while it was not over. */
  orphaned: boolean
  readonly parts: Map<string, Part>
  readonly lanes: Map<string, Moment[]>
  /** Moments left out of long lanes. */
  leftOut: number
  /** Something was not heard in one of its lanes. */
  gaps: number
  /** Counts what was added, so that a view knows whether it is up to date. */
  version: number
}

/** Moments of one lane; of a lane that goes on for ever the middle is left out. */
export const MOST_MOMENTS = 96

export function newTransaction(transactionId: string, time: number): Transaction {
  return {
    ...{ transactionId, filename: '', operation: '', firstTime: time, coordinator: '' },
    ...{ beginningHeard: false, decision: null, decidedAt: null },
    ...{ over: false, complete: null, overAt: null, orphaned: false },
    ...{ parts: new Map(), lanes: new Map(), leftOut: 0, gaps: 0, version: 0 },
  }
}

/** Its part in the transaction, made when it is first told of. */
export function partOf({ parts }: Transaction, node: string): Part {
  const known = parts.get(node)
  if (known !== undefined) return known
  const part: Part = {
    ...{ node, vote: null, reason: '', preparedAt: null, decision: null, decidedAt: null },
    ...{
      decidedBy: '',
      asked: false,
      freeAt: null,
      acknowledged: false,
      failures: 0,
      lastFailure: '',
    },
  }
  parts.set(node, part)
  return part
}

/** Adds what happened to a lane, and to what is known. */
export function add(transaction: Transaction, moment: Moment): void {
  const lane = transaction.lanes.get(moment.node) ?? []
  transaction.lanes.set(moment.node, lane)
  if (moment.sequence > 0) forgetRemembered(lane, moment)
  insert(lane, moment)
  if (lane.length > MOST_MOMENTS) {
    lane.splice(MOST_MOMENTS / 2, 1)
    transaction.leftOut += 1
  }
  transaction.version += 1
  take(transaction, moment)
}

/** What was found in a state may be told as it happened later: an answer overtakes the stream. */
function forgetRemembered(lane: Moment[], { what }: Moment): void {
  const place = lane.findIndex((each) => each.sequence === 0 && isSame(each.what, what))
  if (place >= 0) lane.splice(place, 1)
}

function isSame(one: Happening, other: Happening): boolean {
  if (one.kind !== other.kind) return false
  if ('from' in one && 'from' in other) return one.from === other.from
  return REMEMBERED.has(one.kind)
}

/** Once in a lane. */
const REMEMBERED: ReadonlySet<Happening['kind']> = new Set([
  ...(['began', 'decided', 'forgotten', 'prepared'] as const),
])

/** Nearly always at the end: a process tells in order. */
function insert(lane: Moment[], moment: Moment): void {
  let place = lane.length
  while (place > 0 && isAfter(lane[place - 1], moment)) place -= 1
  lane.splice(place, 0, moment)
}

function isAfter(one: Moment | undefined, other: Moment): boolean {
  if (one === undefined) return false
  const told = one.start === other.start && one.sequence > 0 && other.sequence > 0
  return told ? one.sequence > other.sequence : one.time > other.time
}

function take(transaction: Transaction, { node, time, what }: Moment): void {
  switch (what.kind) {
    case 'began':
      transaction.operation = what.operation
      transaction.coordinator = node
      transaction.beginningHeard = true
      break
    case 'rpc':
      takeRpc(transaction, node, what)
      break
    case 'prepared':
      partOf(transaction, node).preparedAt ??= time
      break
    case 'voted':
      Object.assign(partOf(transaction, what.from), { vote: what.vote, reason: what.reason })
      transaction.coordinator = node
      break
    case 'decided':
      takeDecision(transaction, node, time, what)
      break
    case 'acknowledged':
      Object.assign(partOf(transaction, what.from), { acknowledged: true, lastFailure: '' })
      break
    case 'deliveryFailed': {
      const part = partOf(transaction, what.from)
      part.failures += 1
      part.lastFailure = what.reason
      break
    }
    case 'forgotten':
      Object.assign(transaction, { over: true, complete: what.complete, overAt: time })
      break
    case 'gap':
      transaction.gaps += 1
      break
    case 'restarted':
      if (node === transaction.coordinator && !transaction.over) transaction.orphaned = true
      break
    case 'forced':
    case 'stillInDoubt':
      break
  }
}

function takeRpc(
  transaction: Transaction,
  node: string,
  { direction, rpc, peer, reply }: Extract<Happening, { kind: 'rpc' }>,
): void {
  if (rpc === 'DecisionRequest') return
  const [participant, coordinator] =
    direction === 'sent' || direction === 'answered' ? [peer, node] : [node, peer]
  const part = partOf(transaction, participant)
  if (transaction.coordinator === '') transaction.coordinator = coordinator
  // The core takes it up only once all that it owes before is on disk; said is said.
  if (part.vote !== null) return
  if (reply === 'VoteCommit') part.vote = 'commit'
  if (reply === 'VoteAbort') part.vote = 'abort'
}

function takeDecision(
  transaction: Transaction,
  node: string,
  time: number,
  what: Extract<Happening, { kind: 'decided' }>,
): void {
  if (what.by === '') {
    transaction.coordinator = node
    transaction.decision = what.decision
    transaction.decidedAt = time
    transaction.orphaned = false
    return
  }
  const { decision, by, asked } = what
  const told = { decision, decidedAt: time, decidedBy: by, asked }
  Object.assign(partOf(transaction, node), told)
}

/** What was decided, and who told: the coordinator where it did. */
export function outcome(
  transaction: Transaction,
): { readonly decision: Decision; readonly by: string } | null {
  const { decision, coordinator, parts } = transaction
  if (decision !== null) return { decision, by: coordinator }
  for (const part of parts.values()) {
    if (part.decision !== null) return { decision: part.decision, by: part.node }
  }
  return null
}

/** How far it is, as far as was heard. */
export function phaseOf(transaction: Transaction): Phase {
  const known = outcome(transaction)
  const { over, orphaned, beginningHeard } = transaction
  if (known === null) return over || orphaned || !beginningHeard ? 'unknown' : 'voting'
  const free = inDoubt(transaction).length === 0
  const done = over || (orphaned && free)
  if (known.decision === 'commit') return done ? 'committed' : 'committing'
  return done ? 'aborted' : 'aborting'
}

/** Those that voted yes and told no decision since. */
export function inDoubt(transaction: Transaction): readonly Part[] {
  return [...transaction.parts.values()].filter(
    ({ preparedAt, decision, freeAt }) =>
      preparedAt !== null && decision === null && freeAt === null,
  )
}
