import type { Configuration, LogIndex, NodeId, SnapshotMetadata, Term } from './messages.ts'
import type { PeerState, RoleKind } from './ready.ts'
import { leaderHint, type State } from './state.ts'
import { successors } from './transfer.ts'

export interface PeerStatus {
  readonly id: NodeId
  readonly state: PeerState
  readonly matchIndex: LogIndex
  readonly nextIndex: LogIndex
  readonly inflightMessages: number
  readonly inflightBytes: number
  /** Ticks since it last answered. */
  readonly silentTicks: number
  readonly recovering: boolean
}

/** What `/status` shows; a copy. */
export interface Status {
  readonly id: NodeId
  readonly role: RoleKind
  readonly currentTerm: Term
  readonly votedFor: NodeId | null
  readonly leaderId: NodeId | null
  readonly commitIndex: LogIndex
  readonly lastApplied: LogIndex
  readonly firstIndex: LogIndex
  readonly lastIndex: LogIndex
  readonly savedIndex: LogIndex
  readonly logBytes: number
  readonly snapshot: SnapshotMetadata | null
  readonly configuration: Configuration
  readonly configurationIndex: LogIndex
  readonly transferTarget: NodeId | null
  /** Of a leader: who could lead in its place, the best first. */
  readonly successors: readonly NodeId[]
  readonly pendingReads: number
  /** Lost its disk and does not vote yet. */
  readonly recovering: boolean
  /** Of a leader: every follower. */
  readonly peers: readonly PeerStatus[]
}

export function statusOf(state: State): Status {
  const { role, log } = state
  const progress = role.kind === 'leader' ? [...role.progress.values()] : []
  return {
    id: state.id,
    role: role.kind,
    currentTerm: state.currentTerm,
    votedFor: state.votedFor,
    leaderId: leaderHint(state),
    commitIndex: state.commitIndex,
    lastApplied: state.lastApplied,
    firstIndex: log.firstIndex,
    lastIndex: log.lastIndex,
    savedIndex: state.ledger.savedIndex,
    logBytes: log.bytes,
    snapshot: state.snapshot,
    configuration: state.configurations.current,
    configurationIndex: state.configurations.index,
    transferTarget: role.kind === 'leader' ? (role.transfer?.target ?? null) : null,
    successors: role.kind === 'leader' ? successors(state, role) : [],
    pendingReads: state.reads.size,
    recovering: state.recovering !== 0,
    peers: progress.map((peer) => ({
      id: peer.id,
      state: peer.feed.kind,
      matchIndex: peer.matchIndex,
      nextIndex: peer.nextIndex,
      inflightMessages: peer.inflight.count,
      inflightBytes: peer.inflight.bytes,
      silentTicks: state.tick - peer.lastHeard,
      recovering: peer.recovery !== null,
    })),
  }
}
