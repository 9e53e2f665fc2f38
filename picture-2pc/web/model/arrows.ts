import type { Moment } from './moment.ts'
import type { Transaction } from './transaction.ts'

/** A message between two lanes, tied together from what its two ends told. */
export interface Arrow {
  /** What it says: VoteRequest, VoteCommit, GlobalAbort, Ack, … */
  readonly says: string
  readonly fromNode: string
  readonly toNode: string
  /** null: that end was not heard. */
  readonly from: Moment | null
  readonly to: Moment | null
}

/** Messages between the lanes of a transaction. An end that nobody told stays open. */
export function arrowsOf({ lanes }: Transaction): readonly Arrow[] {
  const wires = new Map<string, { says: string; sent: Moment[]; came: Moment[] }>()
  for (const lane of lanes.values()) {
    for (const moment of lane) {
      const end = endOf(moment)
      if (end === null) continue
      const { says, from, to } = end
      const key = [from, to, says].join('|')
      const wire = wires.get(key) ?? { says, sent: [], came: [] }
      wires.set(key, wire)
      wire[end.isFrom ? 'sent' : 'came'].push(moment)
    }
  }
  return [...wires].flatMap(([key, { says, sent, came }]) => {
    const [fromNode = '', toNode = ''] = key.split('|')
    return pairs(sent, came).map(([from, to]) => ({ says, fromNode, toNode, from, to }))
  })
}

interface End {
  readonly says: string
  readonly from: string
  readonly to: string
  readonly isFrom: boolean
}

function endOf({ node, what }: Moment): End | null {
  if (what.kind === 'decided' && what.asked) {
    // Who asked tells what it was answered, not the answer's arrival.
    const says = `DecisionReply ${what.decision.toUpperCase()}`
    return { says, from: what.by, to: node, isFrom: false }
  }
  if (what.kind !== 'rpc') return null
  const { direction, rpc, peer, reply } = what
  const says = direction === 'sent' || direction === 'received' ? rpc : reply
  const isFrom = direction === 'sent' || direction === 'replied'
  return { says, from: isFrom ? node : peer, to: isFrom ? peer : node, isFrom }
}

type Pair = readonly [Moment | null, Moment | null]

/**
 * Nothing in the events numbers a repeated message. From the last arrival backwards each is tied to the
 * last sending before it that is free: what was sent to a process that was down stays without arrival.
 */
function pairs(sent: readonly Moment[], came: readonly Moment[]): readonly Pair[] {
  const free = [...sent]
  const tied: Pair[] = []
  for (const to of came.toReversed()) {
    const at = came.length === sent.length ? free.length - 1 : lastBefore(free, to)
    const [from = null] = at < 0 ? [] : free.splice(at, 1)
    tied.push([from, to])
  }
  for (const from of free.toReversed()) tied.push([from, null])
  return tied.reverse()
}

/** Clocks differ: one that can only be the last is, whatever they say. */
function lastBefore(sent: readonly Moment[], { time }: Moment): number {
  const place = sent.findLastIndex((each) => each.time <= time)
  return place < 0 && sent.length === 1 ? 0 : place
}
