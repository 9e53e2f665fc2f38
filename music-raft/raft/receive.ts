import {
  answerVote,
  handleRequestVote,
  handleRequestVoteResponse,
  handleTimeoutNow,
  isKnown,
} from './election.ts'
import {
  handleAppendEntries,
  handleInstallSnapshot,
  refuseAppend,
  refuseSnapshot,
} from './follower.ts'
import { handleFollowerResponse } from './leader.ts'
import type { Message, RequestVote } from './messages.ts'
import { handleReadIndex, handleReadIndexResponse, refuseReadIndex } from './read-index.ts'
import { becomeFollower, heardLeader, leaderIsAlive } from './role.ts'
import type { LeaderRole, State } from './state.ts'
import { malformed, STRANGER_TERM_JUMP } from './validate.ts'

/** Every message passes here first: form, sender, term, role; only then its own rule. */
export function receive(state: State, message: Message): void {
  const reason = malformed(state.id, message) ?? untrusted(state, message)
  if (reason !== null) {
    ignore(state, message, reason)
  } else if (message.type === 'RequestVote' && isProtected(state, message)) {
    answerVote(state, message, 'leaderAlive')
  } else {
    if (raisesTerm(state, message)) {
      const leader = isFromLeader(message) ? message.from : null
      becomeFollower(state, message.term, leader, leader === null ? 'higherTerm' : 'leaderFound')
    }
    if (message.term < state.currentTerm) call(onStale, state, message)
    else if (!isFromLeader(message) || followSender(state, message)) call(onCurrent, state, message)
    else ignore(state, message, 'another leader in this term')
  }
}

function ignore(state: State, { from, type }: Message, reason: string): void {
  state.debts.events.push({ kind: 'messageIgnored', from, type, reason })
}

function isResponse(message: Message): boolean {
  return message.type.endsWith('Response')
}

function isFromLeader(message: Message): boolean {
  return message.type === 'AppendEntries' || message.type === 'InstallSnapshot'
}

/** What a stranger may do: ask for votes and lead, within reason; it may know more than we do. */
function untrusted(state: State, message: Message): string | null {
  if (isKnown(state, message.from)) return null
  if (isResponse(message)) return 'answer from outside the configuration'
  // A server with no configuration yet knows nobody, and is called by a leader of any age.
  const knowsNobody = state.configurations.current.voters.length === 0
  if (knowsNobody && isFromLeader(message)) return null
  const jump = message.term - state.currentTerm
  return jump > STRANGER_TERM_JUMP ? 'absurd term from outside the configuration' : null
}

/** §4.2.3: a server that hears its leader does not even take up the term of who asks for votes. */
function isProtected(state: State, message: RequestVote): boolean {
  return (
    !message.preVote &&
    !message.leadershipTransfer &&
    message.term > state.currentTerm &&
    leaderIsAlive(state)
  )
}

/** §3.3. A pre-vote asks about a term that nobody has begun, and a grant repeats it. */
function raisesTerm(state: State, message: Message): boolean {
  if (message.term <= state.currentTerm) return false
  if (message.type === 'RequestVote') return !message.preVote
  if (message.type === 'RequestVoteResponse') return !(message.preVote && message.voteGranted)
  return true
}

type Handlers = {
  readonly [T in Message['type']]: (
    state: State,
    message: Extract<Message, { type: T }>,
    leader: LeaderRole | null,
  ) => void
}

const tooLate = () => undefined

/** Requests of an old term learn the new one; answers to it are too late to count (O4, O8). */
const onStale: Handlers = {
  RequestVote: (state, message) => answerVote(state, message, 'staleTerm'),
  AppendEntries: refuseAppend,
  InstallSnapshot: refuseSnapshot,
  ReadIndex: refuseReadIndex,
  TimeoutNow: tooLate,
  RequestVoteResponse: tooLate,
  AppendEntriesResponse: tooLate,
  InstallSnapshotResponse: tooLate,
  ReadIndexResponse: tooLate,
}

const onCurrent: Handlers = {
  RequestVote: handleRequestVote,
  RequestVoteResponse: handleRequestVoteResponse,
  AppendEntries: handleAppendEntries,
  AppendEntriesResponse: handleFollowerResponse,
  InstallSnapshot: handleInstallSnapshot,
  InstallSnapshotResponse: handleFollowerResponse,
  TimeoutNow: handleTimeoutNow,
  ReadIndex: handleReadIndex,
  ReadIndexResponse: handleReadIndexResponse,
}

/** The one place where a message meets its handler; the types make the pairs. */
function call<T extends Message['type']>(
  handlers: { readonly [K in T]: Handlers[K] },
  state: State,
  message: Extract<Message, { type: T }> & { type: T },
): void {
  handlers[message.type](state, message, state.role.kind === 'leader' ? state.role : null)
}

/** A candidate steps down for the leader of its own term (§3.4, O6). False: there is another. */
function followSender(state: State, message: Message): boolean {
  const { role } = state
  if (role.kind === 'leader') return false
  if (role.kind === 'follower' && (role.leaderId ?? message.from) !== message.from) return false
  becomeFollower(state, state.currentTerm, message.from, 'leaderFound')
  heardLeader(state)
  return true
}
