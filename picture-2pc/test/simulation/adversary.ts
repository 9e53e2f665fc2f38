import type { Process } from './process.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

/** Decides at each place of each process what goes wrong there. */
export interface Adversary {
  at(process: Process, label: string): void
  /** Right behind it; asked of those that are exact. */
  after?(process: Process, label: string): void
}

export const nobody: Adversary = { at: () => undefined }

/** Trouble by chance: at the places between duties, and at times of its own. */
export class Chance implements Adversary {
  readonly #world: World
  readonly #random: Random
  #over = false

  constructor(world: World, random: Random) {
    this.#world = world
    this.#random = random
    if (world.plan.faults.troubles.length > 0) this.#plague()
  }

  end(): void {
    this.#over = true
  }

  at(process: Process): void {
    const { crashAtPoint, pauseAtPoint } = this.#world.plan.faults
    if (this.#over) return
    // There is more to lose while a save is owed or under way.
    const risk = process.unsynced > 0 ? 8 * crashAtPoint : crashAtPoint
    if (this.#random.chance(risk)) this.#crash(process)
    else if (this.#random.chance(pauseAtPoint)) this.#pause(process)
  }

  #outage(): number {
    return this.#random.between(1, this.#world.plan.faults.outage)
  }

  #crash(process: Process): void {
    process.crash()
    this.#world.scheduler.after(this.#outage(), () => process.start())
  }

  #pause(process: Process): void {
    process.pause()
    this.#world.scheduler.after(this.#outage(), () => process.resume())
  }

  /** It must not start on a damaged log; its disk comes back, for there is no other copy of it. */
  #rot(process: Process): void {
    process.crash()
    if (process.rot(this.#random)) this.#world.history.count('damaged logs')
    this.#world.scheduler.after(1, () => process.start())
    this.#world.scheduler.after(this.#outage(), () => {
      process.repair()
      process.start()
    })
  }

  #plague(): void {
    const { every, troubles } = this.#world.plan.faults
    this.#world.scheduler.after(this.#random.between(0, 2 * every), () => {
      if (this.#over) return
      const trouble = troubles[this.#random.below(troubles.length)]
      if (trouble !== undefined) this.#strike(trouble)
      this.#plague()
    })
  }

  #strike(trouble: World['plan']['faults']['troubles'][number]): void {
    const { servers, coordinator, participantProcesses, network } = this.#world
    const process = servers[this.#random.below(servers.length)]
    const other = servers[this.#random.below(servers.length)]
    if (process === undefined || other === undefined) return
    switch (trouble) {
      case 'crash':
        return this.#crash(process)
      case 'pause':
        return this.#pause(process)
      case 'cut':
        network.cut(process.name, other.name, this.#outage())
        if (this.#random.chance(0.5)) network.cut(other.name, process.name, this.#outage())
        return
      case 'stall':
        return process.stall(this.#outage())
      case 'failedSave':
        return process.failNextSave(() => this.#crash(process))
      case 'rot':
        return this.#rot(process)
      case 'checkpoint':
        coordinator.checkpoint()
        for (const participant of participantProcesses) participant.checkpoint()
        return
      case 'space':
        this.#world.history.count('full disks')
        if (this.#random.chance(0.3)) return coordinator.setSpace(this.#random.chance(0.5))
        for (const participant of participantProcesses) {
          if (participant === process) {
            participant.setSpace(this.#random.pick(['plenty', 'plenty', 'deletesOnly', 'none']))
          }
        }
    }
  }
}
