import type { NodeId, Term } from '../messages.ts'
import type { Applied, Server } from './server.ts'

/** Looks at all servers alive; what is wrong, or null. May remember. */
export type Checker = (servers: readonly Server[]) => string | null

/** Election Safety (§3.2): at most one leader can be elected in a given term. */
export function electionSafety(): Checker {
  const leaderOf = new Map<Term, NodeId>()
  return (servers) => {
    for (const { id, status } of servers) {
      if (status.role !== 'leader') continue
      const known = leaderOf.get(status.currentTerm) ?? id
      if (known !== id) return `term ${status.currentTerm} has two leaders: n${known} and n${id}`
      leaderOf.set(status.currentTerm, id)
    }
    return null
  }
}

/** Leader Append-Only: a leader never overwrites or deletes entries in its log. */
export function leaderAppendOnly(): Checker {
  const logs = new Map<string, { lastIndex: number; terms: Map<number, Term> }>()
  return (servers) => {
    for (const { id, status, disk } of servers) {
      if (status.role !== 'leader') continue
      const leader = `n${id} in term ${status.currentTerm}`
      const known = logs.get(leader) ?? { lastIndex: 0, terms: new Map<number, Term>() }
      if (status.lastIndex < known.lastIndex) return `${leader} shortened its log`
      for (const { index, term } of disk.entries.slice(-50)) {
        if ((known.terms.get(index) ?? term) !== term) return `${leader} overwrote ${index}`
        known.terms.set(index, term)
      }
      logs.set(leader, { ...known, lastIndex: status.lastIndex })
    }
    return null
  }
}

/** Log Matching: same index and term in two logs, same logs up to there. */
export function logMatching(): Checker {
  return (servers) => {
    for (const a of servers) {
      for (const b of servers) {
        if (a.id >= b.id) continue
        const wrong = mismatch(a, b)
        if (wrong !== null) return `n${a.id} and n${b.id} agree at ${wrong[0]}, not at ${wrong[1]}`
      }
    }
    return null
  }
}

function mismatch(a: Server, b: Server): [number, number] | null {
  const other = new Map(b.disk.entries.map((entry) => [entry.index, entry]))
  let agreed: number | null = null
  for (const entry of a.disk.entries.toReversed()) {
    const twin = other.get(entry.index)
    if (twin === undefined) continue
    const same = twin.term === entry.term && Buffer.from(twin.encoded).equals(entry.encoded)
    if (agreed !== null && !same) return [agreed, entry.index]
    if (agreed === null && twin.term === entry.term) agreed = entry.index
    if (agreed === entry.index && !same) return [agreed, entry.index]
  }
  return null
}

/** State Machine Safety: no two servers apply different entries at one index. */
export function stateMachineSafety(all: Map<number, Applied>): Checker {
  const seen = new Map<NodeId, number>()
  return (servers) => {
    for (const { id, applied } of servers) {
      const from = Math.min(seen.get(id) ?? 0, applied.length)
      for (const one of applied.slice(from)) {
        const known = all.get(one.index) ?? one
        if (known.term !== one.term || known.text !== one.text) {
          return `index ${one.index} is ${known.text} and, on n${id}, ${one.text}`
        }
        all.set(one.index, one)
      }
      seen.set(id, applied.length)
    }
    return null
  }
}

/** Leader Completeness: what is committed in a term is in the log of every later leader. */
export function leaderCompleteness(all: ReadonlyMap<number, Applied>): Checker {
  const checked = new Set<string>()
  return (servers) => {
    for (const { id, status, disk } of servers) {
      const leader = `n${id} in term ${status.currentTerm}`
      if (status.role !== 'leader' || checked.has(leader)) continue
      checked.add(leader)
      const covered = status.snapshot?.lastIncludedIndex ?? 0
      const terms = new Map(disk.entries.map((entry) => [entry.index, entry.term]))
      for (const { index, term } of all.values()) {
        if (index <= covered || term >= status.currentTerm) continue
        if (terms.get(index) !== term) return `${leader} lacks committed entry ${index}`
      }
    }
    return null
  }
}

/** The five of the dissertation (Figure 3.2). */
export function fiveProperties(all: Map<number, Applied>): Checker[] {
  return [
    electionSafety(),
    leaderAppendOnly(),
    logMatching(),
    stateMachineSafety(all),
    leaderCompleteness(all),
  ]
}
