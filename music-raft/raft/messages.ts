/** A server's number, from 1. 0 is nobody. */
export type NodeId = number

/** Counts elections, from 1; 0 is before the first. */
export type Term = number

/** A place in the log, from 1; 0 is "before the log". */
export type LogIndex = number

/** Term and index name an entry: two logs that agree on both agree on all before (§3.5). */
export interface Position {
  readonly term: Term
  readonly index: LogIndex
}

/**
 * One log entry. The objects are never copied: what a shell hands in is what it gets back.
 * `encoded` is the wire and disk form, made once by the leader's `encodeEntry` and carried
 * unchanged by everybody after; the core only measures it.
 */
export interface Entry extends Position {
  /** A readable word. `NOOP` and `CONFIG` are the core's own, all others the state machine's. */
  readonly command: string
  readonly data: Uint8Array
  readonly encoded: Uint8Array
}

/** The core's own entries. */
export const NOOP = 'NOOP'
export const CONFIG = 'CONFIG'

/** A server of a configuration. The address means nothing to the core. */
export interface Member {
  readonly id: NodeId
  readonly address: string
}

/** Who votes and who only listens. Both lists sorted by id, no id twice. */
export interface Configuration {
  readonly voters: readonly Member[]
  readonly learners: readonly Member[]
}

/**
 * What is known of a snapshot without its bytes, which never enter the core. `checksum` and `size`
 * tell two files for the same index apart, so that a transfer is resumed only with the same bytes.
 */
export interface SnapshotMetadata {
  readonly lastIncludedIndex: LogIndex
  readonly lastIncludedTerm: Term
  /** The configuration as of `lastIncludedIndex` (the paper's lastConfig). */
  readonly configuration: Configuration
  /** Bytes. */
  readonly size: number
  readonly checksum: number
}

/**
 * In every message. `term` is the sender's currentTerm; in a pre-vote it is the term asked for.
 * `sequence` is the sender's own count; a response repeats its request's, so that replies can be
 * matched to calls, and a stale reply recognised.
 */
interface Envelope {
  readonly from: NodeId
  readonly to: NodeId
  readonly term: Term
  readonly sequence: number
}

/** Figure 3.1. `from` is the paper's candidateId. */
export interface RequestVote extends Envelope {
  readonly type: 'RequestVote'
  readonly lastLogIndex: LogIndex
  readonly lastLogTerm: Term
  /** Asks whether a vote would be given, and promises nothing (§9.6). */
  readonly preVote: boolean
  /** Sent on a leader's wish (§3.10): passes by pre-vote and leader stickiness. */
  readonly leadershipTransfer: boolean
}

export interface RequestVoteResponse extends Envelope {
  readonly type: 'RequestVoteResponse'
  readonly preVote: boolean
  readonly voteGranted: boolean
}

/** Figure 3.1. `from` is the paper's leaderId. Without entries it is a heartbeat. */
export interface AppendEntries extends Envelope {
  readonly type: 'AppendEntries'
  readonly prevLogIndex: LogIndex
  readonly prevLogTerm: Term
  readonly entries: readonly Entry[]
  readonly leaderCommit: LogIndex
  /** For a server that lost its disk (recovery.ts): the nonce it gave, else 0. */
  readonly recoveryNonce: number
  /** It may vote again once it holds this committed index; 0: not known yet. */
  readonly recoveryBarrier: LogIndex
}

export interface AppendEntriesResponse extends Envelope {
  readonly type: 'AppendEntriesResponse'
  readonly success: boolean
  /** On success: every entry up to here is the leader's and on this server's disk. Else 0. */
  readonly matchIndex: LogIndex
  /** On refusal: where to try next, the first index of `conflictTerm` or one past the log. */
  readonly conflictIndex: LogIndex
  /** On refusal: the term of the entry at prevLogIndex; 0: there is none. */
  readonly conflictTerm: Term
  /** Not 0: this server lost its disk and is not to be counted in any majority (recovery.ts). */
  readonly recovering: number
}

/**
 * One chunk of a snapshot. `from` is the paper's leaderId. Leaving the core `data` is null and the
 * shell fills in `length` bytes of the snapshot's file from `offset`; arriving, the shell has
 * checked the bytes' integrity. A chunk with neither length nor `done` only asks where to resume.
 */
export interface InstallSnapshot extends Envelope {
  readonly type: 'InstallSnapshot'
  readonly snapshot: SnapshotMetadata
  readonly offset: number
  readonly length: number
  readonly data: Uint8Array | null
  readonly done: boolean
}

export interface InstallSnapshotResponse extends Envelope {
  readonly type: 'InstallSnapshotResponse'
  readonly lastIncludedIndex: LogIndex
  /** Bytes held of this snapshot: the offset to go on from. */
  readonly bytesStored: number
  /** The log now reaches lastIncludedIndex, by this snapshot or otherwise, durably. */
  readonly installed: boolean
  readonly recovering: number
}

/** Start an election at once (§3.10). Has no response. */
export interface TimeoutNow extends Envelope {
  readonly type: 'TimeoutNow'
}

/** A follower asks the leader up to where it must have applied to answer a read (§6.4). */
export interface ReadIndex extends Envelope {
  readonly type: 'ReadIndex'
}

export interface ReadIndexResponse extends Envelope {
  readonly type: 'ReadIndexResponse'
  /** False: not a leader that can say; ask again. */
  readonly success: boolean
  readonly readIndex: LogIndex
}

export type Request = RequestVote | AppendEntries | InstallSnapshot | TimeoutNow | ReadIndex
export type Response =
  | RequestVoteResponse
  | AppendEntriesResponse
  | InstallSnapshotResponse
  | ReadIndexResponse
export type Message = Request | Response

/** Ends a switch over a union: a new member fails to compile until it has an answer. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
