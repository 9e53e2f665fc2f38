import { type Clock, machineClock } from '../../common/clock.ts'
import type { Logger } from '../../common/logger.ts'
import type { RaftStorage } from './storage/raft-storage.ts'

const CHECK_MS = 500
/** Kept free in the log for what a node must be able to write that takes nothing new. */
const RESERVE_BYTES = 1024 * 1024

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
    const check = () => this.#check().catch(this.#fatal)
    this.#stop = this.#clock.every(CHECK_MS, check)
  }

  stop(): void {
    this.#stop()
  }

  async #check(): Promise<void> {
    const storage = this.#storage
    const reserve = storage.hasReserve(RESERVE_BYTES) || (await storage.tryReserve())
    const full = !reserve || storage.waitsForSpace
    if (full !== this.#full) {
      this.#full = full
      if (full) this.#log.error('the disk is full: no writes are taken until space is free')
      else this.#log.info('the disk has room again: writes are taken')
    }
    if (full) this.#giveWay()
  }
}
