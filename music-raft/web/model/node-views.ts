import type { RaftNodeState } from '../../server/event-stream/types.ts'
import type { MemberStatus } from '../../server/status.ts'
import type { ClusterModel } from './cluster-model.ts'

/** A status comes every second: a node that said nothing for this long is not heard now. */
export const FRESH_MS = 3500
const GONE_MS = 60_000

/**
 * How well a node is known. `live`: what is shown is of this moment. `stale`: it is the last that was
 * heard. `never`: nothing was.
 */
export type Knowledge = 'live' | 'stale' | 'never'

export interface NodeView {
  readonly id: number
  readonly name: string
  readonly knowledge: Knowledge
  /** As last heard; null: never. */
  readonly state: RaftNodeState | null
  /** When it was last heard, by this page's clock; null: never. */
  readonly heardAt: number | null
  /** Why it is not heard; '' where it is, or nobody knows. */
  readonly reason: string
  readonly restarts: number
  /** What the members of the configuration say of it; null: it is no member as far as is known. */
  readonly member: MemberStatus | null
  /** By the leader's knowledge, if a leader is heard; null: not known. */
  readonly matchIndex: number | null
  /** Since the leader heard it, if a leader is heard; null: not known. */
  readonly leaderContactMs: number | null
}

/** Who leads, as far as this page can claim. */
export type Leadership =
  | { readonly kind: 'leader'; readonly id: number; readonly term: number; readonly since: number }
  /** It is not heard, but those heard follow it. */
  | { readonly kind: 'unheard'; readonly id: number; readonly term: number; readonly by: number[] }
  /** Those heard know of none. */
  | { readonly kind: 'none'; readonly term: number; readonly since: number }
  /** Nothing is heard now; who led when something last was. */
  | { readonly kind: 'unknown'; readonly id: number | null; readonly term: number | null }

export interface ClusterView {
  readonly nodes: readonly NodeView[]
  readonly leadership: Leadership
  /** Voters heard now, and voters in all, as the configuration known last says. */
  readonly votersHeard: number
  readonly voters: number
  /** Of all that is heard now. */
  readonly commitIndex: number | null
  /** Whether anything at all is heard now. */
  readonly live: boolean
}

/** All that the page says of the cluster at `now`, by this page's clock. */
export function clusterView(model: ClusterModel, now: number): ClusterView {
  const members = knownMembers(model)
  const bare = nodeIds(model, members)
    .map((id) => nodeView(model, id, members, now))
    .filter((node) => members.length === 0 || concerns(node, now))
  const leadership = leadershipOf(bare, model)
  const leader = leadership.kind === 'leader' ? bare.find(({ id }) => id === leadership.id) : null
  const nodes = bare.map((node) => seenByLeader(node, leader?.state ?? null))
  const voters = nodes.filter(({ member }) => member?.voter === true)
  const live = nodes.filter(({ knowledge }) => knowledge === 'live')
  const commits = live.map(({ state }) => state?.commitIndex ?? 0)
  return {
    ...{ nodes, leadership, voters: voters.length },
    votersHeard: voters.filter(({ knowledge }) => knowledge === 'live').length,
    commitIndex: commits.length === 0 ? null : Math.max(...commits),
    live: live.length > 0,
  }
}

/** Whoever was removed goes from the page a while after it fell silent. */
function concerns({ member, heardAt }: NodeView, now: number): boolean {
  return member !== null || (heardAt !== null && now - heardAt < GONE_MS)
}

/** Of the newest configuration that anybody told. */
function knownMembers(model: ClusterModel): readonly MemberStatus[] {
  let best: RaftNodeState | null = null
  for (const { state } of model.reader.nodes) {
    if (state === null || state.members.length === 0) continue
    if (best === null || state.membershipIndex > best.membershipIndex) best = state
  }
  return best?.members ?? []
}

function nodeIds(model: ClusterModel, members: readonly MemberStatus[]): readonly number[] {
  const names = [...model.reader.nodes].map(({ node }) => Number(node))
  const peers = [...model.reach.keys()].map(Number)
  const ids = new Set([...members.map(({ id }) => id), ...names, ...peers])
  return [...ids].filter((id) => Number.isSafeInteger(id) && id > 0).sort((a, b) => a - b)
}

function nodeView(
  model: ClusterModel,
  id: number,
  members: readonly MemberStatus[],
  now: number,
): NodeView {
  const name = String(id)
  const reading = model.reader.node(name)
  const reach = model.reach.get(name)
  const heardAt = lastHeard(model, name)
  const state = reading?.state ?? null
  const connected = model.connection.kind === 'live'
  const reachable = name === model.asked || reach?.reachable === true
  const fresh = heardAt !== null && now - heardAt < FRESH_MS
  const live = state !== null && connected && reachable && fresh
  return {
    ...{ id, name, state, heardAt },
    knowledge: live ? 'live' : state === null ? 'never' : 'stale',
    reason: live ? '' : reasonOf(model, name, connected),
    restarts: reading?.restarts ?? 0,
    member: members.find((each) => each.id === id) ?? null,
    matchIndex: null,
    leaderContactMs: null,
  }
}

/**
 * A stream begins with the last that was heard of a peer, however old: it is as old as the node asked
 * says, not as new as the stream.
 */
function lastHeard(model: ClusterModel, name: string): number | null {
  const reading = model.reader.node(name)
  const reach = model.reach.get(name)
  if (name !== model.asked && reach?.reachable === false) {
    return reach.lastHeard === null ? null : model.offset.toHere(reach.lastHeard)
  }
  return reading?.heardAt ?? null
}

function reasonOf(model: ClusterModel, name: string, connected: boolean): string {
  if (!connected) return 'this page has no connection'
  const reach = model.reach.get(name)
  if (reach?.reachable === false) {
    return `node ${model.asked ?? '?'} cannot reach it: ${reach.reason}`
  }
  return name === model.asked || reach !== undefined ? 'it says nothing' : 'nobody told of it'
}

function leadershipOf(nodes: readonly NodeView[], model: ClusterModel): Leadership {
  const live = nodes.filter(({ knowledge }) => knowledge === 'live')
  const leading = live.filter(({ state }) => state?.role === 'leader').sort(byTerm)[0]
  const states = live.flatMap(({ state }) => state ?? [])
  const term = Math.max(0, ...states.map((state) => state.term))
  // Followers of a higher term know better than a leader that has not heard of it yet.
  const newest = states.filter((state) => state.term === term)
  if (leading?.state !== undefined && leading.state !== null && leading.state.term === term) {
    const since = model.offset.toHere(leading.state.leaderSince - model.skew.of(leading.id))
    return { kind: 'leader', id: leading.id, term, since }
  }
  if (newest.length === 0) return lastKnown(nodes)
  const followed = newest.find(({ leaderId }) => leaderId !== null)?.leaderId ?? null
  if (followed !== null) {
    const by = newest.filter(({ leaderId }) => leaderId === followed).map(({ id }) => id)
    return { kind: 'unheard', id: followed, term, by }
  }
  const since = model.offset.toHere(Math.max(...newest.map(({ leaderSince }) => leaderSince)))
  return { kind: 'none', term, since }
}

function lastKnown(nodes: readonly NodeView[]): Leadership {
  const led = nodes.filter(({ state }) => state?.role === 'leader').sort(byTerm)[0]
  return { kind: 'unknown', id: led?.id ?? null, term: led?.state?.term ?? null }
}

function byTerm(a: NodeView, b: NodeView): number {
  return (b.state?.term ?? 0) - (a.state?.term ?? 0)
}

function seenByLeader(node: NodeView, leader: RaftNodeState | null): NodeView {
  const seen = leader?.members.find(({ id }) => id === node.id)
  if (seen === undefined) return node
  const leaderContactMs = seen.lastContactMs < 0 ? null : seen.lastContactMs
  // 0 is where a leader begins, before it knows.
  const matchIndex = seen.matchIndex === 0 ? null : seen.matchIndex
  return { ...node, member: seen, matchIndex, leaderContactMs }
}
