import assert from 'node:assert/strict'
import { handleCompact, type SnapshotPoint, snapshotPoint } from './compaction.ts'
import { countOwnVote, electionTimeout, retire } from './election.ts'
import { before, checkInvariants } from './invariants.ts'
import { flushLeader, handlePropose, tickLeader } from './leader.ts'
import { handleChange } from './membership.ts'
import { type Entry, type NodeId, unreachable } from './messages.ts'
import { checkedOptions, type Options, type RequiredOptions, type Restart } from './options.ts'
import { toProbe } from './progress.ts'
import { handleRead, settleFollowerReads, tickReads } from './read-index.ts'
import type { Input, Ready, Save } from './ready.ts'
import { receive } from './receive.ts'
import { endRecovery } from './recovery.ts'
import { advanceCommit } from './replication.ts'
import { resetElectionTimer } from './role.ts'
import { hardStateOf, restartedState, type State } from './state.ts'
import { type Status, statusOf } from './status.ts'
import { giveUpTransferTo, handleTransfer } from './transfer.ts'

/**
 * One server of a Raft cluster: `step` inputs in, then take what is owed with `ready` and pay it in
 * its order. Deterministic: the same inputs and the same random numbers give the same debts.
 * A failed assertion leaves the object unusable; the process must stop (STYLE 15).
 */
export class RaftNode {
  readonly #state: State

  constructor(options: Pick<Options, RequiredOptions> & Partial<Options>, restart: Restart) {
    this.#state = restartedState(checkedOptions(options), restart)
    resetElectionTimer(this.#state)
  }

  step(input: Input): void {
    const was = before(this.#state)
    dispatch(this.#state, input)
    checkInvariants(this.#state, was)
  }

  /** Everything owed since the last call; null: nothing. Step all waiting inputs first. */
  ready(): Ready | null {
    const state = this.#state
    const was = before(state)
    if (state.role.kind === 'leader') flushLeader(state, state.role)
    settleFollowerReads(state)
    const save = this.#takeSave()
    const restore = takeRestore(state)
    const apply = takeCommitted(state)
    for (const read of state.reads.takeApplied(state.lastApplied)) {
      state.debts.answers.push({ kind: 'read', ...read })
    }
    checkInvariants(state, was)
    const { sendNow, send, answers, releaseTo, events } = state.debts.take()
    const owed = sendNow.length + send.length + apply.length + answers.length + events.length
    if (owed === 0 && save === null && restore === null && releaseTo === null) return null
    return { sendNow, save, send, restore, apply, answers, releaseTo, events }
  }

  status(): Status {
    return statusOf(this.#state)
  }

  /** What a snapshot taken after the last `applied` must carry; null: none can be taken now. */
  snapshotPoint(): SnapshotPoint | null {
    return snapshotPoint(this.#state)
  }

  #takeSave(): Save | null {
    const { ledger, log, debts, tick: now } = this.#state
    const { chunks, installed: snapshot } = debts
    const forced = chunks.length > 0 || snapshot !== null
    const taken = ledger.take(hardStateOf(this.#state), log.lastIndex, forced, now)
    if (taken === null) return null
    const { id, hardState, truncateFrom, discardLog, entriesFrom } = taken
    const entries = log.slice(entriesFrom, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    return { id, hardState, chunks, snapshot, discardLog, truncateFrom, entries }
  }
}

function dispatch(state: State, input: Input): void {
  switch (input.kind) {
    case 'tick':
      tick(state)
      break
    case 'receive':
      receive(state, input.message)
      break
    case 'propose':
      handlePropose(state, input.requestId, input.command, input.data)
      break
    case 'read':
      handleRead(state, input.requestId)
      break
    case 'changeMembership':
      handleChange(state, input.requestId, input.change)
      break
    case 'transfer':
      handleTransfer(state, input.requestId, input.target)
      break
    case 'campaign':
      if (state.role.kind !== 'leader') electionTimeout(state)
      break
    case 'retire':
      retire(state)
      break
    case 'saved':
      saved(state, input.id)
      break
    case 'applied':
      applied(state, input.index)
      break
    case 'compact':
      handleCompact(state, input.snapshot)
      break
    case 'unreachable':
      giveUpTransferTo(state, input.peer)
      backOff(state, input.peer, 'replicate')
      break
    case 'snapshotUnavailable':
      backOff(state, input.peer, 'snapshot')
      break
    default:
      unreachable(input)
  }
}

function tick(state: State): void {
  state.tick += 1
  if (state.role.kind === 'leader') tickLeader(state, state.role)
  else if (state.tick >= state.electionDeadline) electionTimeout(state)
  tickReads(state)
}

function saved(state: State, id: number): void {
  state.ledger.confirm(id)
  countOwnVote(state)
  if (state.role.kind === 'leader') advanceCommit(state, state.role)
  endRecovery(state)
}

function applied(state: State, index: number): void {
  assert(index >= state.applied, 'what is applied stays applied')
  state.applied = index
}

/** A snapshot goes to the state machine once it is this server's own, on disk. */
function takeRestore(state: State): Ready['restore'] {
  const { restore, ledger } = state
  if (restore === null || ledger.savedIndex < restore.lastIncludedIndex) return null
  state.restore = null
  state.lastApplied = restore.lastIncludedIndex
  // Not before: a log dropped while the snapshot was still being saved would be lost in a crash.
  state.debts.releaseTo = restore.lastIncludedIndex
  return restore
}

/**
 * The next committed entries, when those before are applied: a slow state machine is not flooded.
 * Only what is on this disk, so that no snapshot is ever ahead of the log it stands for.
 */
function takeCommitted(state: State): Entry[] {
  const { log, ledger, options, restore, lastApplied } = state
  if (restore !== null || state.applied < lastApplied) return []
  const upTo = Math.min(state.commitIndex, ledger.savedIndex)
  const { maxApplyEntries, maxApplyBytes } = options
  const entries = log.slice(lastApplied + 1, maxApplyEntries, maxApplyBytes, upTo)
  state.lastApplied += entries.length
  return entries
}

/** Stops feeding a follower blindly until it answers again. */
function backOff(state: State, peer: NodeId, from: 'replicate' | 'snapshot'): void {
  const progress = state.role.kind === 'leader' ? state.role.progress.get(peer) : undefined
  if (progress?.feed.kind !== from) return
  toProbe(progress, progress.matchIndex + 1)
  progress.feed = { kind: 'probe', paused: true, retry: true }
  state.debts.events.push({ kind: 'peerState', peer, state: 'probe' })
}
