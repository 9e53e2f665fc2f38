import type { Message, NodeId, Term } from '../../../raft/messages.ts'
import type { Fail } from './checker.ts'

/** Election Safety (§3.2): at most one leader can be elected in a term; and what that rests on, one vote a term. */
export class ElectionSafety {
  readonly #fail: Fail
  readonly #leaderOf = new Map<Term, NodeId>()
  readonly #votes = new Map<NodeId, Map<Term, NodeId>>()

  constructor(fail: Fail) {
    this.#fail = fail
  }

  becameLeader(id: NodeId, term: Term): void {
    const known = this.#leaderOf.get(term) ?? id
    if (known !== id) this.#fail(`Election Safety: n${known} and n${id} lead in term ${term}`)
    this.#leaderOf.set(term, id)
  }

  /** Only a vote that left the server binds it. */
  sends(message: Message): void {
    if (message.type !== 'RequestVoteResponse' || message.preVote || !message.voteGranted) return
    const { from, to, term } = message
    const votes = this.#votes.get(from) ?? new Map<Term, NodeId>()
    const known = votes.get(term) ?? to
    if (known !== to) this.#fail(`n${from} voted for n${known} and for n${to} in term ${term}`)
    votes.set(term, to)
    this.#votes.set(from, votes)
  }

  /** It votes no more until it caught up; what it forgot elects nobody (raft/recovery.ts). */
  wiped(id: NodeId): void {
    this.#votes.delete(id)
  }
}
