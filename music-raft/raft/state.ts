import assert from 'node:assert/strict'
import { ConfigurationHistory, decodeConfiguration } from './configuration.ts'
import { Debts } from './debts.ts'
import { RaftLog } from './log.ts'
import { CONFIG, type LogIndex, type NodeId, type SnapshotMetadata, type Term } from './messages.ts'
import type { Options, Restart } from './options.ts'
import { PendingReads } from './pending-reads.ts'
import type { Progress } from './progress.ts'
import type { HardState, RequestId } from './ready.ts'
import { SaveLedger } from './save-ledger.ts'

export interface Transfer {
  readonly target: NodeId
  readonly requestId: RequestId | null
  readonly sinceTick: number
  /** When TimeoutNow last left; null: the target has not caught up. */
  sentTick: number | null
}

export interface LeaderRole {
  readonly kind: 'leader'
  /** Every other member, and for a while those that were removed. */
  readonly progress: Map<NodeId, Progress>
  /** Index of this term's no-op: nothing is committed by counting below it (§3.6.2). */
  readonly termStart: LogIndex
  heartbeatTick: number
  /** When followers that do not answer were last asked again. Reads bring heartbeats forward, not this. */
  retryTick: number
  /** Whoever is sent nothing else in this flush gets an empty AppendEntries. */
  heartbeatDue: boolean
  /** Followers are told of a new commitIndex with the next entries, or at the next tick. */
  commitNoticeDue: boolean
  /** Encoded bytes after commitIndex. */
  uncommittedBytes: number
  transfer: Transfer | null
}

export interface Campaign {
  readonly kind: 'preCandidate' | 'candidate'
  readonly votes: Map<NodeId, boolean>
  /** Our sequence when the round began: answers to earlier ones are not counted in it (O4). */
  readonly sinceSequence: number
}

/** What a server knows because of its role; what belongs to another cannot be stale, or exist. */
export type Role =
  | { readonly kind: 'follower'; readonly leaderId: NodeId | null }
  | Campaign
  | LeaderRole

/** Bytes of a snapshot that have arrived so far. */
export interface Staging {
  readonly snapshot: SnapshotMetadata
  bytesStored: number
}

/** A server (Figure 3.1). */
export interface State {
  readonly options: Options
  readonly id: NodeId
  readonly log: RaftLog
  readonly configurations: ConfigurationHistory
  readonly ledger: SaveLedger
  readonly debts: Debts
  readonly reads: PendingReads
  /** Never falls. */
  currentTerm: Term
  votedFor: NodeId | null
  /** Not 0: lost its disk, may not vote (recovery.ts). */
  recovering: number
  /** A committed index that ends `recovering`; null: the leader has not named one. */
  recoveryBarrier: LogIndex | null
  role: Role
  /** The process ends soon: whatever it won it would leave without a leader at once. */
  retired: boolean
  /** Highest index known committed. Never falls; lastApplied ≤ commitIndex ≤ lastIndex. */
  commitIndex: LogIndex
  /** Highest index handed over to be applied. */
  lastApplied: LogIndex
  /** Highest index the shell says it applied. */
  applied: LogIndex
  /** Up to here the log is known to be the present leader's (§3.5). */
  verifiedIndex: LogIndex
  snapshot: SnapshotMetadata | null
  staging: Staging | null
  /** An installed snapshot that the state machine has not been given. */
  restore: SnapshotMetadata | null
  /** Ticks since the start. */
  tick: number
  electionDeadline: number
  /** When a leader of the present term was last heard; null: not at all. */
  leaderHeard: number | null
  /** Counts our messages. Starts at random, so that no reply from before a crash fits. */
  sequence: number
}

const SEQUENCE_START_BITS = 40

/**
 * A server as it comes back from its disk. A log that does not agree with the snapshot is dropped:
 * 1. a leader's snapshot at 9 replaces a conflicting log; the save is "snapshot, then drop the log";
 * 2. the process is killed between the two;
 * 3. the disk holds a snapshot at 9 and entries of another history (S16).
 */
export function restartedState(options: Options, restart: Restart): State {
  const { snapshot, entries } = restart
  const base = {
    index: snapshot?.lastIncludedIndex ?? 0,
    term: snapshot?.lastIncludedTerm ?? 0,
  }
  const first = entries[0]
  assert(
    first === undefined || first.index <= base.index + 1,
    `the log starts at ${first?.index}, but the snapshot ends at ${base.index}`,
  )
  const agrees =
    first === undefined ||
    first.index === base.index + 1 ||
    entries.some((entry) => entry.index === base.index && entry.term === base.term)
  const log = new RaftLog(base)
  if (agrees && first !== undefined) {
    // The term before a trailing tail is not on disk; nothing asks for it but a follower's probe,
    // which then gets the snapshot. So the tail starts one entry later.
    if (first.index <= base.index) log.resetTo(first)
    log.append(first.index <= base.index ? entries.slice(1) : entries)
  }
  const found = restart.hardState ?? { currentTerm: 0, votedFor: null, recovering: 0 }
  const sequence = Math.floor(options.random() * 2 ** SEQUENCE_START_BITS)
  const lost = restart.lostDisk === true && restart.hardState === null
  const ledger = new SaveLedger(log.lastIndex, found)
  if (!agrees) ledger.discarded(base.index, base.index)
  const configuration = snapshot?.configuration ?? restart.initialConfiguration
  const state: State = {
    options,
    id: options.id,
    log,
    configurations: new ConfigurationHistory(base.index, configuration),
    ledger,
    debts: new Debts(),
    reads: new PendingReads(),
    currentTerm: found.currentTerm,
    votedFor: found.votedFor,
    recovering: lost ? sequence + 1 : found.recovering,
    recoveryBarrier: null,
    role: { kind: 'follower', leaderId: null },
    retired: false,
    commitIndex: base.index,
    lastApplied: base.index,
    applied: base.index,
    verifiedIndex: 0,
    snapshot,
    staging: restart.staged == null ? null : { ...restart.staged },
    restore: null,
    tick: 0,
    electionDeadline: 0,
    leaderHeard: null,
    sequence,
  }
  for (let index = base.index + 1; index <= log.lastIndex; index += 1)
    noteConfiguration(state, index)
  return state
}

/** Puts a CONFIG entry into force, as soon as it is in the log (§4.1). */
export function noteConfiguration(state: State, index: LogIndex): boolean {
  const entry = state.log.entry(index)
  if (entry?.command !== CONFIG) return false
  const configuration = decodeConfiguration(entry.data)
  assert(configuration !== null, `entry ${index} is CONFIG but holds no configuration`)
  state.configurations.append(index, configuration)
  state.debts.events.push({ kind: 'configChanged', index, configuration, committed: false })
  return true
}

export function hardStateOf(state: State): HardState {
  const { currentTerm, votedFor, recovering } = state
  return { currentTerm, votedFor, recovering }
}

/** Whom to ask instead; null: nobody known. */
export function leaderHint(state: State): NodeId | null {
  if (state.role.kind === 'leader') return state.id
  return state.role.kind === 'follower' ? state.role.leaderId : null
}

export function nextSequence(state: State): number {
  state.sequence += 1
  return state.sequence
}

/** Something of this term is committed: only then does a leader know what all is (§6.4, R10). */
export function hasOwnTermCommit(state: State): boolean {
  return state.log.term(state.commitIndex) === state.currentTerm
}
