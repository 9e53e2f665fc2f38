import { isMember, isVoter, voterIds } from './configuration.ts'
import { becomeLeader } from './leader.ts'
import type { NodeId, RequestVote, RequestVoteResponse, TimeoutNow } from './messages.ts'
import { replyTo, sendAfterSave, sendNow } from './outbox.ts'
import { isUpToDate, tally } from './quorum.ts'
import type { VoteReason } from './ready.ts'
import { announceRole, becomeFollower, leaderIsAlive, resetElectionTimer } from './role.ts'
import { nextSequence, type State } from './state.ts'

/**
 * May this server lead? A voter of any configuration that may still be the committed one: the only
 * server that holds the entry removing it must be able to lead until that entry is committed
 * (§4.2.2). Never one that lost its disk (R24), or that is about to stop (L9).
 */
export function isPromotable(state: State): boolean {
  if (state.recovering !== 0 || state.retired) return false
  const open = state.configurations.since(state.commitIndex)
  return open.some((configuration) => isVoter(configuration, state.id))
}

/** No leader was heard for an election timeout. */
export function electionTimeout(state: State): void {
  resetElectionTimer(state)
  if (!isPromotable(state)) return
  state.debts.events.push({ kind: 'electionTimeout', term: state.currentTerm })
  if (state.options.preVote) campaignPreVote(state)
  else campaign(state, false)
}

/** A leader goes on until it has handed over; who only wants to lead wants it no more. */
export function retire(state: State): void {
  state.retired = true
  const { role, currentTerm } = state
  if (role.kind === 'preCandidate' || role.kind === 'candidate') {
    becomeFollower(state, currentTerm, null, 'retired')
  }
}

/** Asks whether it would win, before it disturbs anybody's term (§9.6). */
function campaignPreVote(state: State): void {
  const votes = new Map([[state.id, true]])
  state.role = { kind: 'preCandidate', votes, sinceSequence: state.sequence }
  state.reads.restart()
  announceRole(state, 'electionTimeout')
  askForVotes(state, { preVote: true, leadershipTransfer: false })
  countVotes(state)
}

/** A new term, with a vote for itself that counts once it is on disk (§3.4). */
function campaign(state: State, leadershipTransfer: boolean): void {
  state.currentTerm += 1
  state.votedFor = state.id
  state.leaderHeard = null
  state.verifiedIndex = 0
  state.role = { kind: 'candidate', votes: new Map(), sinceSequence: state.sequence }
  state.reads.restart()
  resetElectionTimer(state)
  announceRole(state, leadershipTransfer ? 'transfer' : 'electionTimeout')
  askForVotes(state, { preVote: false, leadershipTransfer })
}

/** To all voters at once: a dead one delays nobody (L6). */
function askForVotes(
  state: State,
  kind: Pick<RequestVote, 'preVote' | 'leadershipTransfer'>,
): void {
  const { term: lastLogTerm, index: lastLogIndex } = state.log.last
  for (const to of voterIds(state.configurations.current)) {
    if (to === state.id) continue
    const message: RequestVote = {
      type: 'RequestVote',
      from: state.id,
      to,
      term: state.currentTerm + (kind.preVote ? 1 : 0),
      sequence: nextSequence(state),
      lastLogIndex,
      lastLogTerm,
      ...kind,
    }
    if (kind.preVote) sendNow(state, message)
    else sendAfterSave(state, message) // the term and the vote for itself first (O9)
  }
}

/** The disk has a vote for itself; it may be of a term gone by. */
export function countOwnVote(state: State): void {
  const { role, id } = state
  if (role.kind !== 'candidate' || !isVoteSaved(state)) return
  if (role.votes.get(id) === true) return
  role.votes.set(id, true)
  countVotes(state)
}

function countVotes(state: State): void {
  const { role, currentTerm, configurations } = state
  if (role.kind !== 'preCandidate' && role.kind !== 'candidate') return
  const outcome = tally(role.votes, voterIds(configurations.current))
  if (outcome === 'pending') return
  if (outcome === 'lost') becomeFollower(state, currentTerm, null, 'lost')
  else if (role.kind === 'preCandidate') campaign(state, false)
  else if (isVoteSaved(state)) becomeLeader(state)
}

/**
 * Nobody leads a term that is not on its own disk, even with all votes: after a crash it could ask
 * for votes in the same term again, get them again, and append other entries under the same indexes.
 */
function isVoteSaved({ ledger, currentTerm, id }: State): boolean {
  const saved = ledger.savedHardState
  return saved.currentTerm === currentTerm && saved.votedFor === id
}

/**
 * Figure 3.1, RequestVote, receiver. Whether this server thinks itself a voter does not matter: it
 * may not know yet (R18). The term is not below ours, and adopted already unless this is a pre-vote.
 */
export function handleRequestVote(state: State, message: RequestVote): void {
  const reason = verdict(state, message)
  const voteGranted = reason === 'granted'
  if (voteGranted && !message.preVote) {
    state.votedFor = message.from
    resetElectionTimer(state) // who votes gives the candidate time (§3.4)
  }
  answerVote(state, message, reason)
}

function verdict(state: State, message: RequestVote): VoteReason {
  const { lastLogIndex: index, lastLogTerm: term } = message
  if (state.recovering !== 0) return 'recovering'
  if (message.preVote && leaderIsAlive(state)) return 'leaderAlive'
  const newTerm = message.term > state.currentTerm // of a pre-vote only: nobody voted in it yet
  const repeated = !newTerm && state.votedFor === message.from
  const free = newTerm || state.votedFor === null || repeated
  if (!free) return 'alreadyVoted'
  const following = state.role.kind === 'follower' && state.role.leaderId !== null
  if (following && !newTerm && !repeated) return 'leaderAlive' // this term has its leader
  return isUpToDate({ term, index }, state.log.last) ? 'granted' : 'logBehind'
}

/** A pre-vote is given for the term asked for; everything else says what our term is (R21). */
export function answerVote(state: State, message: RequestVote, reason: VoteReason): void {
  const { preVote, from: candidateId, term } = message
  const granted = reason === 'granted'
  state.debts.events.push({ kind: 'voteCast', candidateId, term, preVote, granted, reason })
  const reply = replyTo(state, message)
  const response: RequestVoteResponse = {
    ...reply,
    type: 'RequestVoteResponse',
    term: granted && preVote ? term : reply.term,
    preVote,
    voteGranted: granted,
  }
  if (preVote) sendNow(state, response)
  else sendAfterSave(state, response)
}

/** Counts only for the round it answers: this role, this term, a first answer (O4). */
export function handleRequestVoteResponse(state: State, message: RequestVoteResponse): void {
  const { role } = state
  const { from, preVote, voteGranted: granted, term } = message
  const kind = preVote ? 'preCandidate' : 'candidate'
  if (role.kind !== kind || role.votes.has(from)) return
  if (message.sequence <= role.sinceSequence || message.sequence > state.sequence) return
  const asked = preVote && granted ? state.currentTerm + 1 : state.currentTerm
  if (term !== asked) return
  role.votes.set(from, granted)
  state.debts.events.push({ kind: 'voteReceived', from, term, preVote, granted })
  countVotes(state)
}

/** The leader of this term hands over: no pre-vote, and no leader's life protects it (§3.10, R20). */
export function handleTimeoutNow(state: State, message: TimeoutNow): void {
  const { role } = state
  const ours = role.kind === 'follower' && (role.leaderId ?? message.from) === message.from
  if (!ours || !isVoter(state.configurations.current, state.id) || !isPromotable(state)) return
  campaign(state, true)
}

/** Of whom an answer, or a term, is believed. */
export function isKnown(state: State, id: NodeId): boolean {
  const { role } = state
  if (role.kind === 'leader' && role.progress.has(id)) return true
  if (role.kind === 'follower' && role.leaderId === id) return true
  const open = state.configurations.since(state.commitIndex)
  return open.some((configuration) => isMember(configuration, id))
}
