import { decodeConfiguration, isConfiguration } from './configuration.ts'
import {
  type AppendEntries,
  CONFIG,
  type InstallSnapshot,
  type Message,
  unreachable,
} from './messages.ts'

/**
 * How far one message may raise the term when its sender is not of any configuration known here.
 * A server back from long ago may well be called by a leader it never heard of, thousands of
 * elections later; but no stranger uses up the terms with one message.
 */
export const STRANGER_TERM_JUMP = 1_000_000

/** Room is left above for every election to come. */
export const MAX_TERM = 2 ** 52

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0

/** What is wrong with a message by itself, whoever sent it; null: nothing. */
export function malformed(self: number, message: Message): string | null {
  const { from, to, term, sequence } = message
  if (!Number.isSafeInteger(from) || from <= 0 || from === self) return 'no such sender'
  if (to !== self) return 'not for this server'
  if (!isCount(term) || term > MAX_TERM) return 'term out of range'
  if (!isCount(sequence)) return 'sequence out of range'
  switch (message.type) {
    case 'RequestVote':
      return isCount(message.lastLogIndex) &&
        isCount(message.lastLogTerm) &&
        message.lastLogTerm < term
        ? null
        : 'last log position out of range'
    case 'AppendEntries':
      return malformedAppend(message)
    case 'AppendEntriesResponse':
      return [message.matchIndex, message.conflictIndex, message.conflictTerm].every(isCount)
        ? null
        : 'index out of range'
    case 'InstallSnapshot':
      return malformedSnapshot(message)
    case 'InstallSnapshotResponse':
      return isCount(message.bytesStored) ? null : 'offset out of range'
    case 'ReadIndexResponse':
      return isCount(message.readIndex) ? null : 'index out of range'
    case 'RequestVoteResponse':
    case 'TimeoutNow':
    case 'ReadIndex':
      return null
    default:
      return unreachable(message)
  }
}

function malformedAppend(message: AppendEntries): string | null {
  const { term, prevLogIndex, prevLogTerm, entries, leaderCommit } = message
  if (![prevLogIndex, prevLogTerm, leaderCommit].every(isCount)) return 'index out of range'
  if (prevLogTerm > term || (prevLogIndex === 0) !== (prevLogTerm === 0)) {
    return 'previous position out of range'
  }
  let last = { index: prevLogIndex, term: prevLogTerm }
  for (const entry of entries) {
    if (entry.index !== last.index + 1) return 'entries not contiguous' // S18
    if (!isCount(entry.term) || entry.term < last.term || entry.term > term || entry.term === 0) {
      return 'entry term out of range'
    }
    if (entry.command === CONFIG && decodeConfiguration(entry.data) === null) {
      return 'no configuration'
    }
    last = entry
  }
  return null
}

function malformedSnapshot(message: InstallSnapshot): string | null {
  const { snapshot, offset, length, data, term, done } = message
  const { lastIncludedIndex, lastIncludedTerm, size } = snapshot
  if (![lastIncludedIndex, lastIncludedTerm, size, offset, length].every(isCount)) {
    return 'snapshot position out of range'
  }
  if (lastIncludedIndex === 0 || lastIncludedTerm === 0 || lastIncludedTerm > term) {
    return 'snapshot position out of range'
  }
  if (!isConfiguration(snapshot.configuration)) return 'no configuration'
  if ((data?.length ?? 0) !== length || offset + length > size) return 'chunk out of range'
  return done && offset + length !== size ? 'chunk out of range' : null
}
