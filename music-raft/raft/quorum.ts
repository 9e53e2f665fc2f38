import type { LogIndex, NodeId, Position } from './messages.ts'

/** Smallest number of `voters` servers of which any two sets share one. */
export function quorum(voters: number): number {
  return Math.floor(voters / 2) + 1
}

/** RequestVote rule 2 (§3.6.1): later last term wins; same term, longer log wins. */
export function isUpToDate(candidate: Position, own: Position): boolean {
  return candidate.term !== own.term ? candidate.term > own.term : candidate.index >= own.index
}

/**
 * Highest number that a majority has reached. One per voter, the leader's own included. With no
 * voters nothing is reached: 0.
 */
export function majorityIndex(matched: readonly number[]): LogIndex {
  const needed = quorum(matched.length)
  let highest = 0
  for (const index of matched) {
    if (index <= highest) continue
    let reached = 0
    for (const other of matched) if (other >= index) reached += 1
    if (reached >= needed) highest = index
  }
  return highest
}

/** `lost`: a majority can no longer be reached. Only votes of `voters` count. */
export function tally(
  votes: ReadonlyMap<NodeId, boolean>,
  voters: readonly NodeId[],
): 'won' | 'lost' | 'pending' {
  const given = voters.filter((id) => votes.get(id) === true).length
  const refused = voters.filter((id) => votes.get(id) === false).length
  if (voters.length > 0 && given >= quorum(voters.length)) return 'won'
  return voters.length - refused < quorum(voters.length) ? 'lost' : 'pending'
}
