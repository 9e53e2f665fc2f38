import type { AnyEvent } from '../../../common/web/model/stream-reader.ts'
import type { RaftNodeState, RaftStreamEvent } from '../../server/event-stream/types.ts'
import type { MemberStatus } from '../../server/status.ts'

/** The state after an event that is newer than it; the same object where nothing changes. */
export function changed(state: RaftNodeState, any: AnyEvent): RaftNodeState {
  const event = any as RaftStreamEvent
  switch (event.kind) {
    case 'roleChanged': {
      const { role, term, leaderId } = event
      const votedFor = term === state.term ? state.votedFor : null
      return { ...state, role, term, votedFor, ...following(state, leaderId, event.time) }
    }
    case 'leaderChanged': {
      const { leaderId, term, time } = event
      return { ...state, term, ...following(state, leaderId, time) }
    }
    case 'becameLeader':
      return { ...state, role: 'leader', ...following(state, state.id, event.time) }
    case 'voteCast':
      if (event.preVote || !event.granted) return state
      return { ...state, term: event.term, votedFor: event.candidateId }
    case 'transferStarted':
      return { ...state, transferTarget: event.target }
    case 'transferEnded':
      return { ...state, transferTarget: null }
    case 'recovering':
    case 'recovered':
      return event.id === state.id ? { ...state, recovering: event.kind === 'recovering' } : state
    default:
      return logChanged(state, event)
  }
}

function logChanged(state: RaftNodeState, event: RaftStreamEvent): RaftNodeState {
  switch (event.kind) {
    case 'committed': {
      const lastIndex = Math.max(state.lastIndex, event.index)
      return { ...state, commitIndex: Math.max(state.commitIndex, event.index), lastIndex }
    }
    case 'applied': {
      const lastApplied = Math.max(state.lastApplied, event.lastIndex)
      return { ...state, lastApplied, commitIndex: Math.max(state.commitIndex, lastApplied) }
    }
    case 'truncated': {
      const lastIndex = Math.min(state.lastIndex, event.from - 1)
      return { ...state, lastIndex, savedIndex: Math.min(state.savedIndex, lastIndex) }
    }
    case 'compacted':
      return { ...state, firstIndex: event.firstIndex, snapshotIndex: event.index }
    case 'snapshotInstalled':
      return { ...state, ...afterSnapshot(state, event.index, event.term) }
    case 'configChanged': {
      const { configuration, index } = event
      return { ...state, members: membersAfter(state, configuration), membershipIndex: index }
    }
    case 'peerState': {
      const { peer, state: feed } = event
      const members = state.members.map((each) =>
        each.id === peer ? { ...each, state: feed } : each,
      )
      return { ...state, members }
    }
    default:
      return state
  }
}

function following(state: RaftNodeState, leaderId: number | null, time: number) {
  return leaderId === state.leaderId ? {} : { leaderId, leaderSince: time }
}

function afterSnapshot(state: RaftNodeState, index: number, term: number): Partial<RaftNodeState> {
  const upTo = (value: number) => Math.max(value, index)
  return {
    snapshotIndex: index,
    snapshotTerm: term,
    firstIndex: index + 1,
    lastIndex: upTo(state.lastIndex),
    savedIndex: upTo(state.savedIndex),
    commitIndex: upTo(state.commitIndex),
    lastApplied: upTo(state.lastApplied),
  }
}

interface Ids {
  readonly voters: readonly { readonly id: number; readonly address: string }[]
  readonly learners: readonly { readonly id: number; readonly address: string }[]
}

function membersAfter(state: RaftNodeState, { voters, learners }: Ids): readonly MemberStatus[] {
  const member = (voter: boolean) => (each: { id: number; address: string }) => {
    const before = state.members.find(({ id }) => id === each.id)
    const unknown = { matchIndex: 0, state: '', lastContactMs: -1 }
    return { ...unknown, ...before, id: each.id, address: each.address, voter }
  }
  return [...voters.map(member(true)), ...learners.map(member(false))].sort((a, b) => a.id - b.id)
}
