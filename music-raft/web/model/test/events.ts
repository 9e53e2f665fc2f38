import type { AnyEvent } from '../../../../common/web/model/stream-reader.ts'
import type { RaftNodeState } from '../../../server/event-stream/types.ts'
import { ClusterModel } from '../cluster-model.ts'

/** A clock of the nodes that this page's is 5 s ahead of. */
export const AHEAD = 5000
export const BEGIN = 1_000_000

export function state(id: number, more: Partial<RaftNodeState> = {}): RaftNodeState {
  return {
    ...{ id, clusterId: 'c', role: 'follower', term: 3, votedFor: 1, leaderId: 1 },
    ...{ leaderSince: BEGIN, firstIndex: 1, lastIndex: 20, savedIndex: 20, commitIndex: 20 },
    ...{ lastApplied: 20, snapshotIndex: 0, snapshotTerm: 0, recovering: false },
    ...{ transferTarget: null, members: members(), membershipIndex: 1, ready: true },
    ...{ notReadyBecause: '', diverged: false, diskTrouble: false, queueLength: 0 },
    ...{ historyLength: 0, pendingRequests: 0 },
    ...more,
  }
}

export function members(ids: readonly number[] = [1, 2, 3], matchIndex = 0) {
  return ids.map((id) => ({
    ...{ id, address: `n${id}:1`, voter: true, matchIndex, state: '', lastContactMs: -1 },
  }))
}

export const leader = (more: Partial<RaftNodeState> = {}) =>
  state(1, { role: 'leader', members: members([1, 2, 3], 18), ...more })

/** Makes events of one node, in order. */
export class Teller {
  readonly node: string
  readonly start: string
  sequence = 0
  time: number

  constructor(node: number, start = `s${node}`, time = BEGIN) {
    this.node = String(node)
    this.start = start
    this.time = time
  }

  tell(kind: string, rest: object = {}): AnyEvent {
    this.sequence += 1
    return this.repeat(kind, rest)
  }

  /** With the number of the last event. */
  repeat(kind: string, rest: object = {}): AnyEvent {
    const { node, start, sequence, time } = this
    return { node, start, sequence, time, kind, ...rest }
  }

  snapshot(value: RaftNodeState, story: readonly unknown[] = []): AnyEvent {
    return this.repeat('snapshot', { state: value, story })
  }

  status(value: RaftNodeState): AnyEvent {
    return this.tell('status', { state: value })
  }
}

export const hello = (teller: Teller, resumed = 'fresh'): AnyEvent =>
  teller.repeat('hello', { stream: 'cluster', resumed, missed: 0 })

export function peer(teller: Teller, of: number, reachable: boolean, lastHeard: number | null) {
  const since = teller.time
  const reason = reachable ? '' : 'refused'
  return teller.tell('peer', { peer: String(of), reachable, since, lastHeard, reason })
}

/** Three nodes, the first of which leads and is asked; and this page's clock. */
export function cluster() {
  const model = new ClusterModel({ kind: 'live', since: BEGIN + AHEAD })
  const tellers = [1, 2, 3].map((id) => new Teller(id)) as [Teller, Teller, Teller]
  const take = (...events: AnyEvent[]) => model.take(events, tellers[0].time + AHEAD)
  take(hello(tellers[0]), tellers[0].snapshot(leader()))
  for (const [place, each] of tellers.entries()) {
    if (place > 0) take(peer(tellers[0], place + 1, true, BEGIN), each.snapshot(state(place + 1)))
  }
  const now = () => tellers[0].time + AHEAD
  const pass = (ms: number) => {
    for (const each of tellers) each.time += ms
  }
  return { model, tellers, take, now, pass }
}
