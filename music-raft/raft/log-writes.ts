import assert from 'node:assert/strict'
import { assertMayTruncate } from './invariants.ts'
import type { Entry, LogIndex } from './messages.ts'
import { type LeaderRole, noteConfiguration, type State } from './state.ts'

/** Appends, and puts any configuration among the entries into force (§4.1). */
export function appendEntries(state: State, entries: readonly Entry[]): boolean {
  state.log.append(entries)
  let reconfigured = false
  for (const entry of entries) {
    if (noteConfiguration(state, entry.index)) reconfigured = true
  }
  return reconfigured
}

/** Drops a conflicting tail, and a configuration in it with it (R3). */
export function truncateLog(state: State, from: LogIndex): void {
  assertMayTruncate(state, from)
  state.log.truncateFrom(from)
  state.ledger.truncated(from)
  state.debts.events.push({ kind: 'truncated', from })
  if (!state.configurations.truncateFrom(from)) return
  const { index, current: configuration } = state.configurations
  const committed = index <= state.commitIndex
  state.debts.events.push({ kind: 'configChanged', index, configuration, committed })
}

/** A leader's own entry, encoded here and nowhere else. */
export function appendOwn(
  state: State,
  leader: LeaderRole,
  command: string,
  data: Uint8Array,
): Entry {
  const position = { term: state.currentTerm, index: state.log.lastIndex + 1 }
  const encoded = state.options.encodeEntry({ ...position, command, data })
  const entry: Entry = { ...position, command, data, encoded }
  leader.uncommittedBytes += encoded.length
  appendEntries(state, [entry])
  return entry
}

/** Moves commitIndex up. Everything below is committed with it (§3.5). */
export function commitTo(state: State, index: LogIndex): void {
  if (index <= state.commitIndex) return
  const { log, role, configurations, debts } = state
  const term = log.term(index)
  assert(term !== null, `commit ${index} beyond the log, which ends at ${log.lastIndex}`)
  if (role.kind === 'leader') {
    for (let i = state.commitIndex + 1; i <= index; i += 1) {
      role.uncommittedBytes -= log.entry(i)?.encoded.length ?? 0
    }
    role.commitNoticeDue = true
  }
  const configIndex = configurations.index
  const configCommitted = configIndex > state.commitIndex && configIndex <= index
  state.commitIndex = index
  debts.events.push({ kind: 'committed', index, term })
  if (!configCommitted) return
  const configuration = configurations.current
  debts.events.push({ kind: 'configChanged', index: configIndex, configuration, committed: true })
}
