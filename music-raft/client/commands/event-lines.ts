import type { RaftNodeState, RaftStreamEvent } from '../../server/event-stream/types.ts'

type Of<K extends RaftStreamEvent['kind']> = Extract<RaftStreamEvent, { kind: K }>

/**
 * An event of a stream as a line for people; null: it is not worth one. Without `verbose` there are no
 * heartbeats and states, and a message has one line, where it left.
 */
export function lineOf(text: string, verbose: boolean): string | null {
  const event = JSON.parse(text) as RaftStreamEvent
  const said = wordsOf(event, verbose)
  if (said === null) return null
  const time = new Date(event.time).toISOString().slice(11, 23)
  return clean(`${time}  Node ${event.node}  ${said}`)
}

function wordsOf(event: RaftStreamEvent, verbose: boolean): string | null {
  switch (event.kind) {
    case 'hello':
      return hello(event)
    case 'dropped':
      return `… ${event.count} events were left out: they came faster than they were read`
    case 'peer':
      return peer(event)
    case 'snapshot':
      return state(event.state)
    case 'status':
      return verbose ? state(event.state) : null
    case 'message':
      return message(event, verbose)
    case 'messages':
      return event.counts
        .map(({ direction, type, peer, count }) => `${direction} ${count} ${type} · Node ${peer}`)
        .join(', ')
    case 'call': {
      const { direction, rpc, peer } = event
      return direction === 'sent' ? `sends ${rpc} to Node ${peer}` : `runs ${rpc} for Node ${peer}`
    }
    case 'applied':
      return applied(event)
    default:
      return raft(event)
  }
}

function hello({ stream, resumed, missed }: Of<'hello'>): string {
  const whose = stream === 'cluster' ? 'this node and all that it hears' : 'this node'
  if (resumed === 'fresh') return `tells of ${whose}`
  if (resumed === 'restarted') return `tells of ${whose}; it was restarted meanwhile`
  const much = missed === null ? 'an unknown number of' : String(missed)
  return `goes on to tell of ${whose}; ${much} events were missed`
}

function peer({ peer: name, reachable, since, lastHeard, reason }: Of<'peer'>): string {
  if (reachable) return `hears Node ${name}`
  const from = new Date(since).toISOString().slice(11, 23)
  const last = lastHeard === null ? ', never heard' : ''
  return `does not hear Node ${name} since ${from}${last} · ${reason}`
}

function state(at: RaftNodeState): string {
  const { role, term, leaderId, firstIndex, lastIndex, commitIndex, lastApplied } = at
  const leader = leaderId === null ? 'no leader' : `leader ${leaderId}`
  return `is ${role}, term ${term}, ${leader}, log ${firstIndex}…${lastIndex}, committed ${commitIndex}, applied ${lastApplied}${at.ready ? '' : ` · ${at.notReadyBecause}`}`
}

function message(event: Of<'message'>, verbose: boolean): string | null {
  const { direction, type, from, to, term, entries, success, preVote } = event
  const routine = direction === 'received' || entries === 0 || type === 'AppendEntriesResponse'
  if (routine && !verbose) return null
  const name = preVote === true ? `${type} (pre-vote)` : type
  const what = entries === undefined ? '' : entries === 0 ? ' (heartbeat)' : ` (${entries} entries)`
  const answer = success === undefined ? '' : success ? ': yes' : ': no'
  const way = direction === 'sent' ? `sends ${name} to Node ${to}` : `got ${name} from Node ${from}`
  return `${way}${what}${answer} · term ${term}`
}

function applied({ firstIndex, lastIndex, commands }: Of<'applied'>): string {
  const which = firstIndex === lastIndex ? `${firstIndex}` : `${firstIndex}…${lastIndex}`
  const words = Object.entries(commands).map(([word, count]) =>
    count === 1 ? word : `${count} ${word}`,
  )
  return `applied log[${which}]: ${words.join(', ')}`
}

type CoreEvent = Exclude<
  RaftStreamEvent,
  | Of<'hello' | 'dropped' | 'peer' | 'snapshot' | 'status'>
  | Of<'message' | 'messages' | 'call' | 'applied'>
>

/** The core's own events: the kind, and what it holds. */
function raft(event: CoreEvent): string | null {
  switch (event.kind) {
    case 'electionTimeout':
      return `ELECTION TIMEOUT in term ${event.term}`
    case 'becameLeader':
      return `WON the election and leads term ${event.term}`
    case 'leaderChanged':
      return event.leaderId === null ? null : `follows Node ${event.leaderId}, term ${event.term}`
    case 'roleChanged':
      return `becomes ${event.role} in term ${event.term} · ${event.reason}`
    case 'voteCast': {
      const { granted, preVote, candidateId, term, reason } = event
      const vote = preVote ? 'pre-vote' : 'vote'
      const does = granted ? 'gives' : 'refuses'
      return `${does} its ${vote} to Node ${candidateId}, term ${term} · ${reason}`
    }
    case 'voteReceived': {
      const { granted, preVote, from, term } = event
      const vote = preVote ? 'pre-vote' : 'vote'
      return `${granted ? 'gets' : 'is refused'} the ${vote} of Node ${from}, term ${term}`
    }
    case 'committed':
      return `knows log[${event.index}] committed`
    default: {
      const { node, start, sequence, time, kind, ...facts } = event
      return `${kind} ${JSON.stringify(facts)}`
    }
  }
}

/** Names and reasons come from elsewhere; none may move the cursor or forge a line. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}
