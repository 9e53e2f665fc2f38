import { type Clock, machineClock } from '../../common/clock.ts'
import type { Logger } from '../../common/logger.ts'
import type { Entry, LogIndex, Message, SnapshotMetadata } from '../raft/messages.ts'
import type { RaftNode } from '../raft/node.ts'
import type { Input, RaftEvent, Ready, Save } from '../raft/ready.ts'
import type { Status } from '../raft/status.ts'
import { type CompactionRules, Compactor } from './compaction.ts'
import type { Teller } from './events.ts'
import { CHECK, encodeCheck, type Replica } from './replica.ts'
import type { Requests } from './requests.ts'
import type { RaftStorage } from './storage/raft-storage.ts'
import type { SnapshotStore } from './storage/snapshot-store.ts'

/** While a save is younger than this, inputs gather for the next (group commit). */
const GATHER_MS = 10
/**
 * So long a turn pays what is owed; then timers and sockets get theirs (S14). Short, so that of many
 * requests the first are answered, and their clients at work again, while the rest are applied.
 */
const TURN_MS = 1
/** At most this many ticks at once: a pause is one tick late, not many (L3). */
const MOST_TICKS = 2

/** What the loop asks of the disk. */
export interface DriverStorage extends Pick<RaftStorage, 'save' | 'release' | 'named'> {
  readonly snapshots: Pick<SnapshotStore, 'current' | 'write' | 'read'>
}

export interface DriverParts {
  readonly core: RaftNode
  readonly storage: DriverStorage
  readonly replica: Replica
  readonly requests: Requests
  readonly teller: Teller
  readonly log: Logger
  readonly tickMs: number
  readonly compaction: CompactionRules
  readonly clock?: Clock
  send(message: Message): void
  /** After the teller: what the shell itself makes of an event. */
  observe(event: RaftEvent): void
  /** Hears of each entry; must be cheap. */
  applied?(entry: Entry): void
  /** An entry CLUSTER was applied. */
  clusterNamed(clusterId: string): void
  fatal(error: unknown): void
}

interface OwedSave {
  readonly save: Save
  readonly send: Message[]
  /** What of the log may go once this is on disk; null: nothing. */
  releaseTo: LogIndex | null
}

/**
 * The one loop of a node: gives the core what happened and pays what it owes, in the order of
 * `Ready`. Whoever wants something of the core submits an input and never waits in here.
 */
export class Driver {
  readonly #parts: DriverParts
  readonly #clock: Clock
  readonly #compactor: Compactor
  #inbox: Input[] = []
  #scheduled = false
  #stopped = false
  /** Saves owed and not yet begun. */
  #saves: OwedSave[] = []
  /** The saves on their way to the disk, as one write. */
  #saving: { readonly group: readonly OwedSave[]; readonly since: number } | null = null
  /** The saves owed are begun once what was sent before them has left. */
  #saveScheduled = false
  /** Readys that wait for a snapshot to be restored, the first with the snapshot. */
  #restoring: Ready[] | null = null
  #stopTicks: () => void = () => undefined
  #ticked = 0
  #ticksDue = 0
  #isLeader = false
  #idle: (() => void)[] = []

  constructor(parts: DriverParts) {
    const { core, replica, storage, log, fatal, compaction: rules } = parts
    const { clock = machineClock } = parts
    this.#parts = parts
    this.#clock = clock
    this.#compactor = new Compactor({
      ...{ rules, replica, log, fatal, clock },
      snapshots: storage.snapshots,
      point: () => core.snapshotPoint(),
      named: () => storage.named(),
      taken: (snapshot) => this.submit({ kind: 'compact', snapshot }),
    })
  }

  start(): void {
    this.#ticked = this.#clock.now()
    // After the messages that have arrived: a heartbeat that is here counts before the timeout (L3).
    const tick = () => this.#clock.soon(() => this.#tick())
    this.#stopTicks = this.#clock.every(this.#parts.tickMs, tick)
    this.#schedule()
  }

  get status(): Status {
    return this.#parts.core.status()
  }

  /** How long the oldest save has been on its way to the disk, in milliseconds; 0: none is. */
  get savingForMs(): number {
    return this.#saving === null ? 0 : this.#clock.now() - this.#saving.since
  }

  /** A snapshot is being taken over; what is read meanwhile is the state before. */
  get isRestoring(): boolean {
    return this.#restoring !== null
  }

  readonly submit = (input: Input): void => {
    if (this.#stopped) return
    this.#inbox.push(input)
    this.#schedule()
  }

  /** Finishes what is owed to the disk, then takes no more. */
  async stop(): Promise<void> {
    this.#stopTicks()
    while (
      this.#saving !== null ||
      this.#inbox.length > 0 ||
      this.#scheduled ||
      this.#saveScheduled
    ) {
      await new Promise<void>((resolve) => {
        if (this.#saving === null) this.#clock.soon(resolve)
        else this.#idle.push(resolve)
      })
    }
    this.#stopped = true
    await this.#compactor.stop()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    // Not a microtask: everything that arrived in this turn of the event loop shares one save.
    this.#clock.soon(() => {
      this.#scheduled = false
      this.#turn()
    })
  }

  #tick(): void {
    if (this.#stopped) return
    const now = this.#clock.now()
    this.#ticksDue += (now - this.#ticked) / this.#parts.tickMs
    this.#ticked = now
    for (let i = 0; i < MOST_TICKS && this.#ticksDue >= 1; i += 1) {
      this.#inbox.push({ kind: 'tick' })
      this.#ticksDue -= 1
    }
    this.#ticksDue = Math.min(this.#ticksDue, 1)
    this.#parts.requests.expire(now)
    this.#turn()
    if (this.#restoring === null) this.#compactor.consider(now)
  }

  #turn(): void {
    if (this.#stopped) return
    try {
      const { core } = this.#parts
      const inputs = this.#inbox
      this.#inbox = []
      for (const input of inputs) core.step(input)
      // The core says itself when a save takes too long (L1), so a slow disk does not silence it.
      if (this.#saving !== null && this.savingForMs < GATHER_MS) return
      const sent = this.#payWhatIsOwed()
      this.#saveWhatIsOwed(sent)
    } catch (error) {
      this.#stopped = true
      this.#parts.fatal(error)
    }
  }

  /**
   * A node that starts may have hundreds of thousands of entries to apply at once. Applied in one
   * turn, no heartbeat would leave or arrive meanwhile, and there would be an election. Returns
   * whether a message left that waits for no save.
   */
  #payWhatIsOwed(): boolean {
    const { core } = this.#parts
    const until = this.#clock.now() + TURN_MS
    let sent = false
    for (let ready = core.ready(); ready !== null; ready = core.ready()) {
      this.#pay(ready)
      sent ||= ready.sendNow.length > 0
      if (this.#clock.now() < until) continue
      this.#schedule()
      break
    }
    return sent
  }

  #pay(ready: Ready): void {
    const { send } = this.#parts
    for (const event of ready.events) this.#observe(event) // before the messages it explains
    for (const message of ready.sendNow) send(message)
    this.#oweSave(ready)
    if (this.#restoring !== null) this.#restoring.push(ready)
    else if (ready.restore !== null) this.#restore(ready.restore, ready)
    else this.#apply(ready)
  }

  /**
   * `send` leaves with this save and every earlier one on disk (§3.8); and the log goes only when
   * the snapshot that replaces it, which one of them may hold, is on disk too.
   */
  #oweSave({ save, send, releaseTo }: Ready): void {
    if (save !== null) {
      this.#saves.push({ save, send: [...send], releaseTo })
      return
    }
    const last = this.#saves.at(-1) ?? this.#saving?.group.at(-1)
    if (last === undefined) {
      for (const message of send) this.#parts.send(message)
      this.#release(releaseTo)
      return
    }
    last.send.push(...send)
    last.releaseTo = releaseTo ?? last.releaseTo
  }

  #release(index: LogIndex | null): void {
    if (index !== null) this.#parts.storage.release(index).catch(this.#parts.fatal)
  }

  /**
   * A short write blocks the event loop, and what was handed to the sockets leaves only after it: so
   * the followers get theirs first, and write at the same time (dissertation §10.2.1).
   */
  #saveWhatIsOwed(sent: boolean): void {
    if (this.#saving !== null || this.#saveScheduled || this.#saves.length === 0) return
    if (!sent) {
      this.#save()
      return
    }
    this.#saveScheduled = true
    this.#clock.soon(() => {
      this.#saveScheduled = false
      if (!this.#stopped) this.#save()
    })
  }

  /** Everything owed becomes one write. */
  #save(): void {
    const group = this.#saves
    this.#saves = []
    this.#saving = { group, since: this.#clock.now() }
    this.#parts.storage.save(group.map(({ save }) => save)).then(
      () => this.#saved(group),
      (error: unknown) => {
        this.#stopped = true
        this.#parts.fatal(error)
      },
    )
  }

  #saved(group: readonly OwedSave[]): void {
    this.#saving = null
    for (const { send, releaseTo } of group) {
      for (const message of send) this.#parts.send(message)
      this.#release(releaseTo)
    }
    const id = group.at(-1)?.save.id
    if (id !== undefined) this.#inbox.push({ kind: 'saved', id })
    this.#turn()
    for (const resolve of this.#idle.splice(0)) resolve()
  }

  #apply(ready: Ready): void {
    const { core, requests, replica, teller } = this.#parts
    for (const entry of ready.apply) {
      teller.applying(entry)
      this.#parts.applied?.(entry)
      const { outcome, clusterId, divergence } = replica.apply(entry)
      if (clusterId !== null) this.#parts.clusterNamed(clusterId)
      if (divergence !== null) teller.diverged(divergence)
      requests.applied(entry.index, entry.term, outcome)
      if (this.#isLeader) this.#compare(entry.index)
    }
    const last = ready.apply.at(-1)
    if (last !== undefined) {
      this.#compactor.applied(ready.apply)
      core.step({ kind: 'applied', index: last.index })
    }
    for (const answer of ready.answers) requests.answer(answer)
  }

  /** The leader has its state compared by all, through the log. */
  #compare(index: number): void {
    const hash = this.#parts.replica.hashAt(index)
    if (hash === null) return
    const data = encodeCheck(index, hash)
    this.submit({ kind: 'propose', requestId: 0, command: CHECK, data })
  }

  /** What is owed after the snapshot waits for it, in order; saves and messages do not. */
  #restore(snapshot: SnapshotMetadata, ready: Ready, later: readonly Ready[] = []): void {
    const { core, storage, replica, requests, fatal } = this.#parts
    const waiting = [ready, ...later]
    this.#restoring = waiting
    replica.restore(storage.snapshots.read(snapshot)).then(() => {
      this.#restoring = null
      const { lastIncludedIndex: index } = snapshot
      requests.covered(index)
      core.step({ kind: 'applied', index })
      for (const [place, each] of waiting.entries()) {
        if (each.restore !== null && each.restore !== snapshot) {
          this.#restore(each.restore, each, waiting.slice(place + 1))
          return
        }
        this.#apply(each)
      }
      this.#schedule()
    }, fatal)
  }

  #observe(event: RaftEvent): void {
    if (event.kind === 'roleChanged') this.#isLeader = event.role === 'leader'
    this.#parts.teller.tell(event)
    this.#parts.observe(event)
  }
}
