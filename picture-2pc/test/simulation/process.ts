import { CorruptLog } from '../../../common/storage-errors.ts'
import type { NodeName } from '../../protocol/messages.ts'
import type { Reply, Request } from './messages.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** Something with a name that calls and is called. It dies, stops, and comes back. */
export abstract class Process {
  readonly name: NodeName
  protected readonly world: World
  #state: 'up' | 'paused' | 'down' = 'down'
  /** Each start is another one; what belongs to an earlier one is void. */
  #incarnation = 0
  #backlog: (() => void)[] = []
  /** Until then, its disk takes nothing. */
  #stalledUntil = 0
  #onNextSave: (() => void) | null = null

  constructor(name: NodeName, world: World) {
    this.name = name
    this.world = world
  }

  get isUp(): boolean {
    return this.#state !== 'down'
  }

  get isRunning(): boolean {
    return this.#state === 'up'
  }

  start(): void {
    if (this.#state !== 'down') return
    this.#state = 'up'
    this.#incarnation += 1
    this.world.trace(`${this.name} starts`)
    try {
      this.boot()
    } catch (error) {
      if (!(error instanceof CorruptLog)) throw error
      this.#state = 'down'
      this.world.trace(`${this.name} refuses to start: ${error.message}`)
      this.world.history.count('damaged logs refused')
      return
    }
    this.#tick()
  }

  /** Something goes wrong with it. */
  crash(): void {
    if (this.isUp) this.world.history.count('crashes')
    this.end()
  }

  /** The same, where it is no fault but a look at what is on the disk. */
  end(): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    this.#backlog = []
    this.#onNextSave = null
    this.world.trace(`${this.name} crashes`)
    this.die()
  }

  pause(): void {
    if (this.#state !== 'up') return
    this.#state = 'paused'
    this.world.trace(`${this.name} stops`)
    this.world.history.count('pauses')
  }

  resume(): void {
    if (this.#state !== 'paused') return
    this.#state = 'up'
    this.world.trace(`${this.name} goes on`)
    this.proceed()
    for (const run of this.#backlog.splice(0)) this.enter(run)
  }

  /** Runs it inside this process: now, after the pause, or never. */
  enter(run: () => void): void {
    if (this.#state === 'up') run()
    else if (this.#state === 'paused') this.#backlog.push(run)
  }

  /** Like `enter`, later, and only if the process has not died meanwhile. */
  after(delay: number, run: () => void): void {
    const incarnation = this.#incarnation
    this.world.scheduler.after(delay / this.#clockRate, () => {
      if (incarnation === this.#incarnation) this.enter(run)
    })
  }

  now(): number {
    const { plan, scheduler } = this.world
    return plan.clockOffset(this.name) + this.#clockRate * scheduler.now
  }

  get #clockRate(): number {
    return this.world.plan.clockRate(this.name)
  }

  saveTime(): number {
    return this.world.saveTime() + Math.max(0, this.#stalledUntil - this.world.scheduler.now)
  }

  /** Saves that begin from now on take until then, and as long as always. */
  stall(duration: number): void {
    this.world.trace(`the disk of ${this.name} stalls`)
    this.world.history.count('stalled disks')
    this.#stalledUntil = this.world.scheduler.now + duration
  }

  /** Everything about its disk is well from now on. */
  mend(): void {
    this.#stalledUntil = 0
    this.#onNextSave = null
    this.repair()
  }

  /** The next save fails: the process must stop, and `strike` says how. */
  failNextSave(strike: () => void): void {
    this.#onNextSave = strike
  }

  /** Whether the save under way fails. That has ended the process. */
  saveFails(): boolean {
    const strike = this.#onNextSave
    this.#onNextSave = null
    if (strike === null) return false
    this.world.trace(`a save of ${this.name} fails`)
    this.world.history.count('failed saves')
    strike()
    return true
  }

  /** A place at which the process may die or stop. False: it did. */
  point(label: string): boolean {
    this.world.adversary.at(this, label)
    return this.isRunning
  }

  /** The same, right after what the label names was done. */
  passed(label: string): boolean {
    this.world.adversary.after?.(this, label)
    return this.isRunning
  }

  call(to: NodeName, request: Request, timeout: number, done: (reply: Reply | null) => void): void {
    const incarnation = this.#incarnation
    this.world.network.call(this, to, request, timeout / this.#clockRate, (reply) => {
      if (incarnation === this.#incarnation) this.enter(() => done(reply))
    })
  }

  #tick(): void {
    this.after(this.world.plan.tick, () => {
      this.tick()
      this.#tick()
    })
  }

  /** Records that a crash could take. */
  abstract get unsynced(): number
  /** Damages what is on disk. False: there is nothing. */
  abstract rot(random: Random): boolean
  /** The disk reads again what was written to it. */
  abstract repair(): void
  abstract handle(request: Request, reply: (reply: Reply) => void): void
  /** Begins from what is on disk. */
  protected abstract boot(): void
  /** Loses what is not. */
  protected abstract die(): void
  protected abstract proceed(): void
  protected abstract tick(): void
}
