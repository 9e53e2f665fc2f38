import type { LogIndex, NodeId } from '../raft/messages.ts'
import type { Status } from '../raft/status.ts'

export interface MemberStatus {
  readonly id: NodeId
  readonly address: string
  readonly voter: boolean
  /** Of the leader's followers; else 0. */
  readonly matchIndex: LogIndex
  /** probe, replicate or snapshot; '' where it is not known. */
  readonly state: string
  /** -1: not known. */
  readonly lastContactMs: number
}

/** What `/status`, `/metrics` and AdminService.Status show. */
export interface NodeStatus {
  readonly raft: Status
  readonly members: readonly MemberStatus[]
  readonly queueLength: number
  readonly historyLength: number
  readonly sessions: number
  readonly stateHash: string
  readonly clusterId: string
  readonly cpuMicros: number
  readonly residentBytes: number
  readonly diskTrouble: boolean
  readonly diverged: boolean
  readonly ready: boolean
  readonly notReadyBecause: string
  readonly pendingRequests: number
  readonly forcedWrites: number
  readonly logBytesOnDisk: number
}

/** The members of the configuration in force, with what the leader knows of each. */
export function membersOf(raft: Status, tickMs: number): MemberStatus[] {
  const { voters, learners } = raft.configuration
  const member = (voter: boolean) => (each: { id: NodeId; address: string }) => {
    const own = each.id === raft.id && raft.role === 'leader'
    const peer = raft.peers.find(({ id }) => id === each.id)
    return {
      ...{ id: each.id, address: each.address, voter },
      matchIndex: own ? raft.savedIndex : (peer?.matchIndex ?? 0),
      state: peer?.state ?? '',
      lastContactMs: own ? 0 : peer === undefined ? -1 : peer.silentTicks * tickMs,
    }
  }
  return [...voters.map(member(true)), ...learners.map(member(false))].sort((a, b) => a.id - b.id)
}
