import type { NodeName } from '../../protocol/messages.ts'
import type { Reply, Request } from './messages.ts'
import type { World } from './world.ts'

/** Something with a name that calls and is called. It dies, stops, and comes back. */
export abstract class Process {
  readonly name: NodeName
  protected readonly world: World
  #state: 'up' | 'paused' | 'down' = 'down'
  /** Each start is another one; what belongs to an earlier one is void. */
  #incarnation = 0
  #backlog: (() => void)[] = []

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
    this.boot()
    this.#tick()
  }

  crash(): void {
    if (this.#state === 'down') return
    this.#state = 'down'
    this.#backlog = []
    this.world.trace(`${this.name} crashes`)
    this.world.history.count('crashes')
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
    this.world.scheduler.after(delay, () => {
      if (incarnation === this.#incarnation) this.enter(run)
    })
  }

  now(): number {
    return this.world.plan.clockOffset(this.name) + this.world.scheduler.now
  }

  saveTime(): number {
    return this.world.saveTime()
  }

  /** A place at which the process may die or stop. False: it did. */
  point(label: string): boolean {
    this.world.adversary.at(this, label)
    return this.isRunning
  }

  call(to: NodeName, request: Request, timeout: number, done: (reply: Reply | null) => void): void {
    const incarnation = this.#incarnation
    this.world.network.call(this, to, request, timeout, (reply) => {
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
  abstract handle(request: Request, reply: (reply: Reply) => void): void
  /** Begins from what is on disk. */
  protected abstract boot(): void
  /** Loses what is not. */
  protected abstract die(): void
  protected abstract proceed(): void
  protected abstract tick(): void
}
