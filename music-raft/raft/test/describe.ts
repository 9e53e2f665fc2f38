import type { Message, NodeId } from '../messages.ts'
import type { RaftEvent } from '../ready.ts'

/** A message in words; its sender and receiver are the caller’s to say. */
export function describeMessage(m: Message): string | null {
  const pre = 'preVote' in m && m.preVote ? 'pre-vote ' : ''
  switch (m.type) {
    case 'RequestVote':
      return `${pre}RequestVote term=${m.term} last=${m.lastLogTerm}.${m.lastLogIndex}${m.leadershipTransfer ? ' transfer' : ''}`
    case 'RequestVoteResponse':
      return `${pre}vote ${m.voteGranted ? 'granted' : 'refused'} term=${m.term}`
    case 'AppendEntries': {
      const entries = m.entries.map((e) => `${e.term}.${e.index} ${e.command}`).join(', ')
      return `AppendEntries term=${m.term} prev=${m.prevLogTerm}.${m.prevLogIndex} [${entries}] commit=${m.leaderCommit}`
    }
    case 'AppendEntriesResponse':
      if (m.success) return `match=${m.matchIndex}`
      return `refused term=${m.term} conflict=${m.conflictTerm}.${m.conflictIndex}`
    case 'InstallSnapshot':
      return `InstallSnapshot to ${m.snapshot.lastIncludedTerm}.${m.snapshot.lastIncludedIndex} ${m.offset}+${m.length}${m.done ? ' done' : ''}`
    case 'InstallSnapshotResponse':
      return m.installed ? 'installed' : `stored ${m.bytesStored}`
    default:
      return m.type
  }
}

/** null: not worth a line. */
export function describeEvent(event: RaftEvent): string | null {
  switch (event.kind) {
    case 'roleChanged':
      return `is ${event.role} in term ${event.term} (${event.reason})`
    case 'voteCast':
      return event.granted
        ? null
        : `refuses ${event.preVote ? 'a pre-vote' : 'a vote'} to n${event.candidateId}: ${event.reason}`
    case 'committed':
      return `commits up to ${event.term}.${event.index}`
    case 'truncated':
      return `drops its log from ${event.from}`
    case 'configChanged': {
      const names = (members: readonly { id: NodeId }[]) => members.map((m) => `n${m.id}`).join(' ')
      const { voters, learners } = event.configuration
      const learning = learners.length > 0 ? `, learning: ${names(learners)}` : ''
      return `has voters: ${names(voters)}${learning}${event.committed ? ' (committed)' : ''}`
    }
    case 'snapshotInstalled':
      return `installs the snapshot of ${event.term}.${event.index}`
    case 'transferEnded':
      return `ends the transfer to n${event.target}: ${event.outcome}`
    case 'recovering':
    case 'recovered':
      return `sees n${event.id} ${event.kind}`
    default:
      return null
  }
}
