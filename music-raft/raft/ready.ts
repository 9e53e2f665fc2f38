import type {
  Configuration,
  Entry,
  LogIndex,
  Member,
  Message,
  NodeId,
  SnapshotMetadata,
  Term,
} from './messages.ts'

/** What must be on disk before anything that follows from it is said (Figure 3.1). */
export interface HardState {
  readonly currentTerm: Term
  /** Whom this server voted for in currentTerm; null: nobody. */
  readonly votedFor: NodeId | null
  /** Not 0: this server lost its disk and may not vote yet (recovery.ts). */
  readonly recovering: number
}

/** Chosen by the shell; comes back in the answer. */
export type RequestId = number

/** One server at a time (§4.1), so that any two majorities of neighbours overlap. */
export type MembershipChange =
  | { readonly kind: 'addLearner'; readonly member: Member }
  | { readonly kind: 'promote'; readonly id: NodeId }
  | { readonly kind: 'demote'; readonly id: NodeId }
  | { readonly kind: 'remove'; readonly id: NodeId }

/** Everything that can happen to a server. Time and chance are inputs like any other. */
export type Input =
  /** One tick of the shell's clock. Ticks missed in a pause are missed: never caught up (L3). */
  | { readonly kind: 'tick' }
  | { readonly kind: 'receive'; readonly message: Message }
  | {
      readonly kind: 'propose'
      readonly requestId: RequestId
      readonly command: string
      readonly data: Uint8Array
    }
  /** A linearizable read, on any server (§6.4). */
  | { readonly kind: 'read'; readonly requestId: RequestId }
  | {
      readonly kind: 'changeMembership'
      readonly requestId: RequestId
      readonly change: MembershipChange
    }
  /** Leadership to `target`; null: to whoever has most of the log (§3.10). */
  | { readonly kind: 'transfer'; readonly requestId: RequestId; readonly target: NodeId | null }
  /** Start an election as if the timeout had passed. */
  | { readonly kind: 'campaign' }
  /** The process ends soon: from now on it begins no election, and gives up one under way. */
  | { readonly kind: 'retire' }
  /** The save with this id, and every one before, is on disk. */
  | { readonly kind: 'saved'; readonly id: number }
  /** The state machine has applied everything handed over up to here. */
  | { readonly kind: 'applied'; readonly index: LogIndex }
  /** A snapshot taken at a `snapshotPoint()` is on disk: the log before it may go. */
  | { readonly kind: 'compact'; readonly snapshot: SnapshotMetadata }
  /** A message to this peer could not be delivered. A hint, never needed for progress. */
  | { readonly kind: 'unreachable'; readonly peer: NodeId }
  /** The snapshot being sent to this peer cannot be read any more: start over with the latest. */
  | { readonly kind: 'snapshotUnavailable'; readonly peer: NodeId }

/** A piece of a snapshot that arrived: write `data` at `offset` of the staged file. */
export interface SnapshotChunk {
  readonly snapshot: SnapshotMetadata
  readonly offset: number
  readonly data: Uint8Array
}

/**
 * What goes to disk, in this order, and counts as one: the shell confirms it by `saved` only when
 * all of it is durable. Chunks need no fsync of their own before the snapshot they make.
 */
export interface Save {
  /** Increasing; `saved` confirms this and all before. */
  readonly id: number
  /** null: as last saved. */
  readonly hardState: HardState | null
  readonly chunks: readonly SnapshotChunk[]
  /** The staged file with this metadata is complete: make it the server's snapshot. */
  readonly snapshot: SnapshotMetadata | null
  /** The whole log goes; the next entry follows the snapshot (Figure 5.3). */
  readonly discardLog: boolean
  /** Drop this index and all after it, before appending. null: nothing to drop. */
  readonly truncateFrom: LogIndex | null
  /** Contiguous; they follow what is left of the log, or the snapshot. */
  readonly entries: readonly Entry[]
}

/** Why a request was not taken. None of these ever entered a log. */
export type Refusal =
  | 'notLeader'
  | 'transferring' // a leader that hands over takes nothing new (§3.10)
  | 'tailFull' // too much proposed and not committed
  | 'logFull' // the log waits for a snapshot
  | 'entryTooLarge'
  | 'reservedCommand' // NOOP and CONFIG are the core's
  | 'tooManyReads'
  | 'readTimeout' // no leader confirmed it in time; asking again is safe
  | 'changePending' // the change before is not committed (§4.1)
  | 'noOwnTermCommit' // nothing of this term is committed yet (R2)
  | 'notCaughtUp' // a learner may not vote yet (§4.2.1)
  | 'unknownServer'
  | 'alreadyMember'
  | 'notLearner'
  | 'notVoter'
  | 'lastVoter'
  | 'alreadyLeader'
  | 'superseded' // another transfer took this one's place
  | 'transferTimeout'
  | 'targetUnreachable'
  | 'leadershipLost' // stepped down for another reason than the transfer

export type Answer =
  /**
   * In the log, not yet committed. Done when `apply` brings this index with this term; lost when it
   * brings this index with another.
   */
  | {
      readonly kind: 'accepted'
      readonly requestId: RequestId
      readonly index: LogIndex
      readonly term: Term
    }
  /** May be answered from the state machine now: `apply` has brought readIndex. */
  | { readonly kind: 'read'; readonly requestId: RequestId; readonly readIndex: LogIndex }
  /** A higher term began while handing over. */
  | { readonly kind: 'transferred'; readonly requestId: RequestId }
  | {
      readonly kind: 'refused'
      readonly requestId: RequestId
      readonly reason: Refusal
      readonly leaderHint: NodeId | null
    }

export type RoleKind = 'follower' | 'preCandidate' | 'candidate' | 'leader'

/** For people: what happened, as data. The shell has the words. */
export type RaftEvent =
  | { readonly kind: 'electionTimeout'; readonly term: Term }
  | {
      readonly kind: 'roleChanged'
      readonly role: RoleKind
      readonly term: Term
      readonly leaderId: NodeId | null
      readonly reason: RoleReason
    }
  | { readonly kind: 'leaderChanged'; readonly leaderId: NodeId | null; readonly term: Term }
  | { readonly kind: 'becameLeader'; readonly term: Term; readonly index: LogIndex }
  /** A vote (or pre-vote) this server gave or refused. */
  | {
      readonly kind: 'voteCast'
      readonly candidateId: NodeId
      readonly term: Term
      readonly preVote: boolean
      readonly granted: boolean
      readonly reason: VoteReason
    }
  /** A vote (or pre-vote) this server was given or refused. */
  | {
      readonly kind: 'voteReceived'
      readonly from: NodeId
      readonly term: Term
      readonly preVote: boolean
      readonly granted: boolean
    }
  | { readonly kind: 'committed'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'truncated'; readonly from: LogIndex }
  | {
      readonly kind: 'configChanged'
      readonly index: LogIndex
      readonly configuration: Configuration
      /** False: appended, or rolled back to; already in force (§4.1). */
      readonly committed: boolean
    }
  | { readonly kind: 'peerState'; readonly peer: NodeId; readonly state: PeerState }
  | {
      readonly kind: 'snapshotProgress'
      readonly peer: NodeId
      readonly lastIncludedIndex: LogIndex
      readonly bytesStored: number
      readonly size: number
    }
  | { readonly kind: 'snapshotInstalled'; readonly index: LogIndex; readonly term: Term }
  | { readonly kind: 'compacted'; readonly index: LogIndex; readonly firstIndex: LogIndex }
  | { readonly kind: 'transferStarted'; readonly target: NodeId }
  | {
      readonly kind: 'transferEnded'
      readonly target: NodeId
      readonly outcome: TransferOutcome
    }
  /** A peer, or this server, lost its disk and is not counted until it caught up. */
  | { readonly kind: 'recovering'; readonly id: NodeId }
  | { readonly kind: 'recovered'; readonly id: NodeId }
  /** A follower refused what it had confirmed: its disk went back in time. Needs a human. */
  | { readonly kind: 'followerLostEntries'; readonly peer: NodeId; readonly matchIndex: LogIndex }
  | {
      readonly kind: 'messageIgnored'
      readonly from: NodeId
      readonly type: Message['type']
      readonly reason: string
    }

export type TransferOutcome =
  | 'transferred'
  | 'transferTimeout'
  | 'targetUnreachable'
  | 'superseded'
  | 'leadershipLost'

export type PeerState = 'probe' | 'replicate' | 'snapshot'

export type RoleReason =
  | 'electionTimeout'
  | 'transfer' // asked by the leader (§3.10)
  | 'won'
  | 'lost'
  | 'higherTerm'
  | 'leaderFound'
  | 'quorumLost' // heard no majority for an election timeout (§6.2)
  | 'diskStalled' // a save took an election timeout
  | 'retired' // the process ends soon
  | 'removed' // no voter of the committed configuration (§4.2.2)

export type VoteReason =
  | 'granted'
  | 'staleTerm'
  | 'alreadyVoted'
  | 'logBehind' // §3.6.1
  | 'leaderAlive' // §4.2.3
  | 'recovering'

/**
 * What the shell owes the server after one or more inputs, in the order it is owed. Debts are paid
 * in the order they were taken. A shell need not wait for one save before it takes the next Ready:
 * only `send` waits, for its own save and all before. `saved` and `applied` are inputs like others:
 * after them there may be more, until `ready()` is null.
 */
export interface Ready {
  /** Promise nothing that this server's disk must keep (§10.2.1): send at once. */
  readonly sendNow: readonly Message[]
  /** null: nothing to save. */
  readonly save: Save | null
  /** Leave only when this save and every earlier one is on disk (§3.8). */
  readonly send: readonly Message[]
  /**
   * Replace the state machine by this snapshot before applying, and report `applied` with its
   * lastIncludedIndex. It is on disk already; this and all below waits for no save.
   */
  readonly restore: SnapshotMetadata | null
  /**
   * Committed and on this disk, in order, each once, NOOP and CONFIG among them. Report `applied`
   * when done: only then come the next.
   */
  readonly apply: readonly Entry[]
  readonly answers: readonly Answer[]
  /**
   * Storage may drop the log up to and including this index, at leisure: the snapshot that covers
   * it is on disk. null: nothing new.
   */
  readonly releaseTo: LogIndex | null
  readonly events: readonly RaftEvent[]
}
