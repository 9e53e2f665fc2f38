import { type Clock, machineClock } from '../../common/clock.ts'
import { CodedError } from '../../common/errors.ts'
import type { Logger } from '../../common/logger.ts'
import type { RaftStorage } from './storage/raft-storage.ts'

const CHECK_MS = 500
/** Kept free in the log for what a node must be able to write that takes nothing new. */
const RESERVE_BYTES = 1024 * 1024
/** What a record takes beside the command in it, and more. */
const RECORD_BYTES = 64

type Space = Pick<RaftStorage, 'hasReserve' | 'tryReserve' | 'waitsForSpace'>

/**
 * Watches the space for the log. While there is none the node takes no writes, and a leader gives
 * leadership away (S11); when there is some again it goes on, without a restart (S12).
 */
export class DiskGuard {
  readonly #storage: Space
  readonly #log: Logger
  readonly #giveWay: () => void
  readonly #fatal: (error: unknown) => void
  #full = false
  /** Let in while space was short, and not settled: it may not be in the log yet. */
  #entering = 0
  readonly #clock: Clock
  #stop: () => void = () => undefined

  /** `giveWay` is called again and again while the disk is full. */
  constructor(
    storage: Space,
    log: Logger,
    giveWay: () => void,
    fatal: (error: unknown) => void,
    clock: Clock = machineClock,
  ) {
    this.#storage = storage
    this.#log = log
    this.#giveWay = giveWay
    this.#fatal = fatal
    this.#clock = clock
  }

  get isFull(): boolean {
    return this.#full
  }

  start(): void {
    this.#stop = this.#clock.every(CHECK_MS, () => void this.#look())
  }

  /**
   * Runs a write of so many bytes where there is room for it. A look now and then is not enough: what
   * clients send in between may be more than the reserve, and a leader whose own log waits for space
   * leads no more. Rejects with CodedError DISK_FULL, or like `run`.
   */
  admit<T>(bytes: number, run: () => Promise<T>): Promise<T> {
    // A whole segment lies ready: nearly always.
    const isAmple = this.#storage.hasReserve(Number.POSITIVE_INFINITY)
    return isAmple && !this.#full ? run() : this.#admitIfRoom(bytes + RECORD_BYTES, run)
  }

  stop(): void {
    this.#stop()
  }

  async #admitIfRoom<T>(bytes: number, run: () => Promise<T>): Promise<T> {
    if (!this.#full && !this.#hasRoomFor(bytes)) await this.#look(bytes)
    // Others that were let in meanwhile may have taken it.
    if (!this.#full && !this.#hasRoomFor(bytes)) this.#found(true)
    if (this.#full) throw new CodedError('DISK_FULL')
    this.#entering += bytes
    try {
      return await run()
    } finally {
      this.#entering -= bytes
    }
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#storage.hasReserve(RESERVE_BYTES + this.#entering + bytes)
  }

  /** Once the disk is full, what is left of the last segment is kept: a new one must fit. */
  async #look(bytes = 0): Promise<void> {
    const storage = this.#storage
    try {
      const room = (!this.#full && this.#hasRoomFor(bytes)) || (await storage.tryReserve())
      this.#found(!room || storage.waitsForSpace)
    } catch (error) {
      this.#fatal(error)
    }
  }

  #found(full: boolean): void {
    if (full !== this.#full) {
      this.#full = full
      if (full) this.#log.error('the disk is full: no writes are taken until space is free')
      else this.#log.info('the disk has room again: writes are taken')
    }
    if (full) this.#giveWay()
  }
}
