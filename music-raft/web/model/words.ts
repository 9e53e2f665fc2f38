import type { AnyEvent } from '../../../common/web/model/stream-reader.ts'
import { durationText } from '../../../common/web/model/time-format.ts'
import type { RoleKind, RoleReason, TransferOutcome, VoteReason } from '../../raft/ready.ts'
import type { RaftStreamEvent } from '../../server/event-stream/types.ts'
import type { LaneState } from './roles.ts'

export const ROLE_WORDS: Readonly<Record<LaneState, string>> = {
  leader: 'Leader',
  follower: 'Follower',
  candidate: 'Candidate',
  preCandidate: 'Pre-candidate',
  unheard: 'Not heard',
}

const WHY_ROLE: Readonly<Record<RoleReason, string>> = {
  electionTimeout: 'it heard no leader for an election timeout',
  transfer: 'leadership was handed over',
  won: 'it won',
  lost: 'it lost the election',
  higherTerm: 'a higher term began',
  leaderFound: 'there is a leader',
  quorumLost: 'it heard no majority for an election timeout',
  diskStalled: 'its disk was stuck',
  retired: 'it is stopping',
  removed: 'it is no voter any more',
}

const WHY_VOTE: Readonly<Record<VoteReason, string>> = {
  granted: 'its log is up to date',
  staleTerm: 'that term is over',
  alreadyVoted: 'it voted in this term already',
  logBehind: 'its own log is newer',
  leaderAlive: 'its leader is alive',
  recovering: 'it lost its disk and has not caught up',
}

const TRANSFER_ENDS: Readonly<Record<TransferOutcome, (target: number) => string>> = {
  transferred: (target) => `handed leadership to node ${target}`,
  transferTimeout: (target) => `did not hand leadership to node ${target} in time`,
  targetUnreachable: (target) => `cannot hand leadership to node ${target}: it is not reached`,
  superseded: (target) => `hands leadership to another than node ${target}`,
  leadershipLost: (target) => `lost leadership before node ${target} took it over`,
}

/** How much a line weighs: what a lecture would stop at, what belongs to it, and the small print. */
export type Weight = 'main' | 'plain' | 'fine'

export interface Line {
  /** What the node did: its name stands before it. */
  readonly text: string
  readonly weight: Weight
  /** Names a shape of common/web/view/Icon.tsx. */
  readonly icon: 'star' | 'triangle' | 'circle' | 'check' | 'cross' | 'warning' | 'info' | 'hand'
}

/** A line for people about one event. */
export function lineOf(any: AnyEvent): Line {
  const event = any as AnyEvent & RaftStreamEvent
  switch (event.kind) {
    case 'becameLeader':
      return { text: `became leader of term ${event.term}`, weight: 'main', icon: 'star' }
    case 'roleChanged':
      return roleLine(event.role, event.term, event.reason)
    case 'electionTimeout':
      return { text: 'had an election timeout', weight: 'plain', icon: 'warning' }
    case 'leaderChanged':
      return event.leaderId === null
        ? { text: 'knows of no leader', weight: 'plain', icon: 'info' }
        : { text: `follows node ${event.leaderId}`, weight: 'fine', icon: 'circle' }
    case 'voteCast': {
      const what = event.preVote ? 'pre-vote' : 'vote'
      const does = event.granted ? 'gives its' : 'refuses its'
      const why = event.granted ? '' : `: ${WHY_VOTE[event.reason] ?? event.reason}`
      const text = `${does} ${what} to node ${event.candidateId}, term ${event.term}${why}`
      return { text, weight: 'plain', icon: event.granted ? 'check' : 'cross' }
    }
    case 'voteReceived': {
      const what = event.preVote ? 'pre-vote' : 'vote'
      const got = event.granted ? 'got the' : 'did not get the'
      const text = `${got} ${what} of node ${event.from}`
      return { text, weight: 'fine', icon: event.granted ? 'check' : 'cross' }
    }
    default:
      return restLine(event)
  }
}

function roleLine(role: RoleKind, term: number, reason: RoleReason): Line {
  const why = WHY_ROLE[reason] ?? reason
  switch (role) {
    case 'leader':
      return { text: `leads term ${term}: ${why}`, weight: 'fine', icon: 'star' }
    case 'candidate': {
      const text = `stands for election in term ${term}: ${why}`
      return { text, weight: 'main', icon: 'triangle' }
    }
    case 'preCandidate': {
      const text = `asks whether it would win term ${term + 1}`
      return { text, weight: 'plain', icon: 'triangle' }
    }
    default:
      return { text: `is a follower in term ${term}: ${why}`, weight: 'plain', icon: 'circle' }
  }
}

function restLine(event: AnyEvent & RaftStreamEvent): Line {
  switch (event.kind) {
    case 'truncated': {
      const text = `drops entry ${event.from} and later: they conflict with the leader's`
      return { text, weight: 'main', icon: 'warning' }
    }
    case 'configChanged': {
      const { voters, learners } = event.configuration
      const ids = (of: readonly { id: number }[]) => of.map(({ id }) => id).join(', ')
      const also = learners.length === 0 ? '' : `, learners ${ids(learners)}`
      const done = event.committed ? 'committed' : 'in force'
      const text = `has membership ${event.index} ${done}: voters ${ids(voters)}${also}`
      return { text, weight: event.committed ? 'plain' : 'fine', icon: 'info' }
    }
    case 'snapshotInstalled': {
      const text = `installed a snapshot up to entry ${event.index}`
      return { text, weight: 'main', icon: 'info' }
    }
    case 'compacted': {
      const text = `compacted its log: it begins at entry ${event.firstIndex}`
      return { text, weight: 'fine', icon: 'info' }
    }
    case 'transferStarted':
      return { text: `hands leadership to node ${event.target}`, weight: 'main', icon: 'hand' }
    case 'transferEnded': {
      const text = TRANSFER_ENDS[event.outcome]?.(event.target) ?? 'ended a hand-over'
      return { text, weight: 'plain', icon: 'hand' }
    }
    default:
      return troubleLine(event)
  }
}

function troubleLine(event: AnyEvent & RaftStreamEvent): Line {
  switch (event.kind) {
    case 'recovering': {
      const whose =
        String(event.id) === event.node ? 'its disk' : `that node ${event.id} lost its disk`
      const text =
        whose === 'its disk' ? `lost ${whose}: no vote until it caught up` : `sees ${whose}`
      return { text, weight: 'main', icon: 'warning' }
    }
    case 'recovered': {
      const own = String(event.id) === event.node
      const text = own ? 'caught up and votes again' : `sees that node ${event.id} caught up`
      return { text, weight: 'main', icon: 'check' }
    }
    case 'followerLostEntries': {
      const text = `sees that node ${event.peer} lost entries it had confirmed`
      return { text, weight: 'main', icon: 'warning' }
    }
    default:
      return streamLine(event)
  }
}

/** What the stream, not the core, tells. */
function streamLine(event: AnyEvent): Line {
  const count = String(event['count'])
  switch (event.kind) {
    case 'peer': {
      const peer = `node ${String(event['peer'])}`
      return event['reachable'] === true
        ? { text: `hears ${peer} again`, weight: 'main', icon: 'check' }
        : { text: `does not hear ${peer} any more`, weight: 'main', icon: 'cross' }
    }
    case 'restarted':
      return { text: 'was restarted', weight: 'main', icon: 'info' }
    case 'gap':
      return { text: `told ${count} events that never came here`, weight: 'plain', icon: 'warning' }
    case 'dropped':
      return {
        text: `left out ${count} events: too many for this page`,
        weight: 'plain',
        icon: 'warning',
      }
    default:
      return { text: `tells of ${event.kind}`, weight: 'fine', icon: 'info' }
  }
}

/** `3 min 20 s` since a time, never negative. */
export function sinceText(now: number, time: number): string {
  return durationText(Math.floor(Math.max(0, now - time) / 1000) * 1000)
}
