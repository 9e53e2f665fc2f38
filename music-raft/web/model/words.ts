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

const TRANSFER_ENDS: Readonly<Record<TransferOutcome, string>> = {
  transferred: 'was handed over',
  transferTimeout: 'was not taken over in time',
  targetUnreachable: 'was not handed over: the other is not reached',
  superseded: 'goes to another instead',
  leadershipLost: 'was lost before it was handed over',
}

/** How much a line weighs: what a lecture would stop at, what belongs to it, and the small print. */
export type Weight = 'main' | 'plain' | 'fine'

export interface Line {
  readonly text: string
  readonly weight: Weight
  /** Names a shape of common/web/view/Icon.tsx. */
  readonly icon: 'star' | 'triangle' | 'circle' | 'check' | 'cross' | 'warning' | 'info' | 'hand'
}

/** A line for people about one event; the node that it is of stands beside it. */
export function lineOf(any: AnyEvent): Line {
  const event = any as AnyEvent & RaftStreamEvent
  switch (event.kind) {
    case 'becameLeader':
      return { text: `Became leader of term ${event.term}`, weight: 'main', icon: 'star' }
    case 'roleChanged':
      return roleLine(event.role, event.term, event.reason)
    case 'electionTimeout':
      return { text: 'Election timeout', weight: 'plain', icon: 'warning' }
    case 'leaderChanged':
      return event.leaderId === null
        ? { text: 'Knows of no leader', weight: 'plain', icon: 'info' }
        : { text: `Follows node ${event.leaderId}`, weight: 'fine', icon: 'circle' }
    case 'voteCast': {
      const what = event.preVote ? 'pre-vote' : 'vote'
      const does = event.granted ? 'Gives its' : 'Refuses its'
      const why = event.granted ? '' : `: ${WHY_VOTE[event.reason] ?? event.reason}`
      const text = `${does} ${what} to node ${event.candidateId}, term ${event.term}${why}`
      return { text, weight: 'plain', icon: event.granted ? 'check' : 'cross' }
    }
    case 'voteReceived': {
      const what = event.preVote ? 'pre-vote' : 'vote'
      const got = event.granted ? 'Got the' : 'Did not get the'
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
      return { text: `Leads term ${term}: ${why}`, weight: 'fine', icon: 'star' }
    case 'candidate':
      return {
        text: `Stands for election in term ${term}: ${why}`,
        weight: 'main',
        icon: 'triangle',
      }
    case 'preCandidate':
      return {
        text: `Asks whether it would win term ${term + 1}`,
        weight: 'plain',
        icon: 'triangle',
      }
    default:
      return {
        text: `Follower in term ${term}: ${why}`,
        weight: 'plain',
        icon: 'circle',
      }
  }
}

function restLine(event: AnyEvent & RaftStreamEvent): Line {
  switch (event.kind) {
    case 'truncated':
      return {
        text: `Drops entry ${event.from} and later: they conflict with the leader's`,
        weight: 'main',
        icon: 'warning',
      }
    case 'configChanged': {
      const { voters, learners } = event.configuration
      const ids = (of: readonly { id: number }[]) => of.map(({ id }) => id).join(', ')
      const also = learners.length === 0 ? '' : `, learners ${ids(learners)}`
      const done = event.committed ? 'is committed' : 'is in force'
      const text = `Membership at entry ${event.index} ${done}: voters ${ids(voters)}${also}`
      return { text, weight: event.committed ? 'plain' : 'fine', icon: 'info' }
    }
    case 'snapshotInstalled':
      return {
        text: `Installed a snapshot up to entry ${event.index}`,
        weight: 'main',
        icon: 'info',
      }
    case 'compacted':
      return {
        text: `Compacted its log: it begins at entry ${event.firstIndex}`,
        weight: 'fine',
        icon: 'info',
      }
    case 'transferStarted':
      return {
        text: `Hands leadership to node ${event.target}`,
        weight: 'main',
        icon: 'hand',
      }
    case 'transferEnded':
      return {
        text: `Its leadership ${TRANSFER_ENDS[event.outcome] ?? event.outcome}`,
        weight: 'plain',
        icon: 'hand',
      }
    case 'recovering':
      return {
        text: `Node ${event.id} lost its disk and does not vote until it caught up`,
        weight: 'main',
        icon: 'warning',
      }
    case 'recovered':
      return { text: `Node ${event.id} caught up and votes again`, weight: 'main', icon: 'check' }
    case 'followerLostEntries':
      return {
        text: `Node ${event.peer} lost entries it had confirmed: its disk went back in time`,
        weight: 'main',
        icon: 'warning',
      }
    default:
      return streamLine(event)
  }
}

/** What the stream, not the core, tells. */
function streamLine(event: AnyEvent): Line {
  switch (event.kind) {
    case 'peer':
      return event['reachable'] === true
        ? { text: `Hears node ${String(event['peer'])} again`, weight: 'main', icon: 'check' }
        : {
            text: `Does not hear node ${String(event['peer'])} any more`,
            weight: 'main',
            icon: 'cross',
          }
    case 'restarted':
      return { text: 'Was restarted', weight: 'main', icon: 'info' }
    case 'gap':
      return {
        text: `${String(event['count'])} of its events are missing here`,
        weight: 'plain',
        icon: 'warning',
      }
    case 'dropped':
      return {
        text: `${String(event['count'])} events were left out: too many for this page`,
        weight: 'plain',
        icon: 'warning',
      }
    default:
      return { text: event.kind, weight: 'fine', icon: 'info' }
  }
}

/** `3 min 20 s` since a time, never negative. */
export function sinceText(now: number, time: number): string {
  return durationText(Math.floor(Math.max(0, now - time) / 1000) * 1000)
}
