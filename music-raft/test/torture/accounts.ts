import type { ObservedTrack, QueueOperation } from '../../linearizability/queue-history.ts'

/** What clients were told against what is there in the end, without regard to order. */
export interface Accounts {
  /** Effects that were confirmed and are not there, one sentence each. */
  readonly lost: readonly string[]
  /** Effects that are there more often than they were confirmed. */
  readonly duplicated: readonly string[]
}

interface Entry {
  added: number
  removed: number
  played: number
  votes: number
  queued: number
  inHistory: number
  finalVotes: number
}

/**
 * Balances each track: added = queued + played + removed, plays told = plays in the history, votes told
 * = votes it has. Every operation must have a known outcome by now. Needs no search: where it and the
 * checker of linearizability disagree, one of them is wrong.
 */
export function balance(
  operations: readonly QueueOperation[],
  queue: readonly ObservedTrack[],
  history: readonly ObservedTrack[],
): Accounts {
  const entries = book(operations, queue, history)
  const [lost, duplicated]: [string[], string[]] = [[], []]
  const compare = (what: string, told: number, found: number) => {
    if (told > found) lost.push(`${what}: told ${told}, found ${found}`)
    if (told < found) duplicated.push(`${what}: told ${told}, found ${found}`)
  }
  for (const [id, entry] of entries) {
    const { added, removed, played, votes, queued, inHistory, finalVotes } = entry
    compare(`additions of ${id}`, added, removed + queued + inHistory)
    compare(`plays of ${id}`, played, inHistory)
    // a track that was removed took its votes along
    if (removed > 0) continue
    if (Math.sign(votes) === -Math.sign(finalVotes) && votes !== 0) compare(`votes for ${id}`, 1, 0)
    compare(`votes for ${id}`, Math.abs(votes), Math.abs(finalVotes))
  }
  return { lost, duplicated }
}

function book(
  operations: readonly QueueOperation[],
  queue: readonly ObservedTrack[],
  history: readonly ObservedTrack[],
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>()
  const entry = (id: string) => {
    const known = entries.get(id)
    if (known !== undefined) return known
    const fresh = {
      added: 0,
      removed: 0,
      played: 0,
      votes: 0,
      queued: 0,
      inHistory: 0,
      finalVotes: 0,
    }
    entries.set(id, fresh)
    return fresh
  }
  for (const { input, output, refused } of operations) {
    if (refused === true) continue
    if (output === null) throw new Error(`${input.rpc} has no outcome`)
    if (input.rpc === 'PlayNext' && 'track' in output && output.track !== null) {
      entry(output.track.id).played += 1
    }
    if (!('code' in output) || output.code !== 'APPLIED') continue
    if (input.rpc === 'AddTrack') entry(input.track.id).added += 1
    if (input.rpc === 'RemoveTrack') entry(input.id).removed += 1
    if (input.rpc === 'VoteTrack') entry(input.id).votes += input.up ? 1 : -1
  }
  for (const { id, votes } of queue) {
    entry(id).queued += 1
    entry(id).finalVotes += votes
  }
  for (const { id, votes } of history) {
    entry(id).inHistory += 1
    entry(id).finalVotes += votes
  }
  return entries
}
