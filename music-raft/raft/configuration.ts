import assert from 'node:assert/strict'
import type { Configuration, LogIndex, Member, NodeId } from './messages.ts'
import type { MembershipChange, Refusal } from './ready.ts'

export const NO_CONFIGURATION: Configuration = { voters: [], learners: [] }

export function voterIds(configuration: Configuration): NodeId[] {
  return configuration.voters.map((member) => member.id)
}

export function isVoter(configuration: Configuration, id: NodeId): boolean {
  return configuration.voters.some((member) => member.id === id)
}

export function isMember(configuration: Configuration, id: NodeId): boolean {
  return isVoter(configuration, id) || configuration.learners.some((member) => member.id === id)
}

/** Sorted by id, so that equal configurations are equal bytes on every server. */
export function configurationOf(
  voters: readonly Member[],
  learners: readonly Member[] = [],
): Configuration {
  const byId = (a: Member, b: Member) => a.id - b.id
  return { voters: [...voters].sort(byId), learners: [...learners].sort(byId) }
}

/** The configuration after a change, or why there is none. Never changes more than one voter. */
export function changed(
  old: Configuration,
  change: MembershipChange,
): { readonly configuration: Configuration } | { readonly refusal: Refusal } {
  const id = change.kind === 'addLearner' ? change.member.id : change.id
  const voter = old.voters.find((member) => member.id === id)
  const learner = old.learners.find((member) => member.id === id)
  const voters = old.voters.filter((member) => member.id !== id)
  const learners = old.learners.filter((member) => member.id !== id)
  const to = (v: readonly Member[], l: readonly Member[]) => ({
    configuration: configurationOf(v, l),
  })
  if (change.kind === 'addLearner') {
    if (voter !== undefined || learner !== undefined) return { refusal: 'alreadyMember' }
    return to(voters, [...learners, change.member])
  }
  if (voter === undefined && learner === undefined) return { refusal: 'unknownServer' }
  if (change.kind === 'promote') {
    return learner === undefined ? { refusal: 'notLearner' } : to([...voters, learner], learners)
  }
  if (voters.length === 0) return { refusal: 'lastVoter' }
  if (change.kind === 'remove') return to(voters, learners)
  return voter === undefined ? { refusal: 'notVoter' } : to(voters, [...learners, voter])
}

/** The data of a CONFIG entry: JSON, the same bytes for the same configuration. */
export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const plain = (members: readonly Member[]) => members.map(({ id, address }) => ({ id, address }))
  const { voters, learners } = configurationOf(configuration.voters, configuration.learners)
  return new TextEncoder().encode(
    JSON.stringify({ voters: plain(voters), learners: plain(learners) }),
  )
}

/** null: not the bytes of a configuration. */
export function decodeConfiguration(data: Uint8Array): Configuration | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch {
    return null
  }
  return isConfiguration(parsed) ? configurationOf(parsed.voters, parsed.learners) : null
}

/** Checks what came from outside: shapes, and no id twice. */
export function isConfiguration(value: unknown): value is Configuration {
  if (typeof value !== 'object' || value === null) return false
  if (!('voters' in value && 'learners' in value)) return false
  const { voters, learners } = value
  if (!Array.isArray(voters) || !Array.isArray(learners)) return false
  const members: unknown[] = [...voters, ...learners]
  const ids = new Set<number>()
  for (const member of members) {
    if (!isMemberShape(member) || ids.has(member.id)) return false
    ids.add(member.id)
  }
  return true
}

function isMemberShape(value: unknown): value is Member {
  if (typeof value !== 'object' || value === null) return false
  if (!('id' in value && 'address' in value)) return false
  return Number.isSafeInteger(value.id) && Number(value.id) > 0 && typeof value.address === 'string'
}

interface Step {
  readonly index: LogIndex
  readonly configuration: Configuration
}

/**
 * Which configuration is in force: always the latest in the log, committed or not (§4.1), and the
 * one before when that entry is truncated (R3). The log and its snapshot are the only source (R23).
 */
export class ConfigurationHistory {
  #base: Step
  #later: Step[] = []

  constructor(index: LogIndex, configuration: Configuration) {
    this.#base = { index, configuration }
  }

  get current(): Configuration {
    return this.#latest.configuration
  }

  /** Where the current configuration stands in the log. */
  get index(): LogIndex {
    return this.#latest.index
  }

  get #latest(): Step {
    return this.#later.at(-1) ?? this.#base
  }

  /** The configuration in force when the log ended at `index`. */
  at(index: LogIndex): Configuration {
    return (this.#later.findLast((step) => step.index <= index) ?? this.#base).configuration
  }

  /** Every configuration that may still be the committed one. */
  since(commitIndex: LogIndex): Configuration[] {
    const open = this.#later.filter((step) => step.index > commitIndex)
    return [this.at(commitIndex), ...open.map((step) => step.configuration)]
  }

  append(index: LogIndex, configuration: Configuration): void {
    assert(index > this.index, 'configurations are appended in log order')
    this.#later.push({ index, configuration })
  }

  /** True when this rolled a configuration back. */
  truncateFrom(index: LogIndex): boolean {
    const kept = this.#later.filter((step) => step.index < index)
    const rolledBack = kept.length < this.#later.length
    this.#later = kept
    return rolledBack
  }

  /** Forgets what came before the one in force at `index`. */
  compactTo(index: LogIndex): void {
    this.#base = this.#later.findLast((step) => step.index <= index) ?? this.#base
    this.#later = this.#later.filter((step) => step.index > index)
  }

  /** A snapshot's configuration; whatever the old log said is gone with it (R4). */
  restore(index: LogIndex, configuration: Configuration): void {
    this.#base = { index, configuration }
    this.#later = []
  }
}
