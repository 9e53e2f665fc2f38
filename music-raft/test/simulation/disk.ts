import type { FileSystem, OpenMode } from '../../../common/record-log/file-system.ts'
import { type MemoryDisk, systemError } from '../../../common/record-log/test/memory-disk.ts'
import type { Scheduler } from './scheduler.ts'

/** `name`: one that makes, renames or removes a file; seldom, and where crashes hurt most. */
export type Step = 'write' | 'sync' | 'name'

/** What the disk asks of the process that uses it. */
export interface DiskOwner {
  readonly scheduler: Scheduler
  readonly isDead: boolean
  /** Milliseconds that the next operation takes. */
  latency(): number
  /** Whether, and when, the process dies at this step. */
  dies(step: Step): 'before' | 'within' | 'after' | null
  /** Kills the process. `torn`: power is cut in the middle of this step. */
  die(torn: boolean): void
  /** Goes on in the process once it runs. */
  enter(run: () => void): void
}

/** What a process that is dead gets: nothing, ever. */
const never = new Promise<never>(() => undefined)

/** Thrown into a process that died in a call that blocks it; nothing that follows has any effect. */
class Died extends Error {}

/**
 * The disk as one life of a process sees it: a disk in memory, each of whose steps takes time, may
 * fail, and may be the last that the process takes.
 */
export class SimulatedDisk implements FileSystem {
  readonly #disk: MemoryDisk
  readonly #owner: DiskOwner
  /** The next operation of this kind fails, with EIO. */
  failNext: 'write' | 'sync' | null = null
  onFailure: () => void = () => undefined

  constructor(disk: MemoryDisk, owner: DiskOwner) {
    this.#disk = disk
    this.#owner = owner
  }

  makeDirectory(): Promise<void> {
    return this.#look(() => this.#disk.makeDirectory())
  }

  list(directory: string): Promise<string[]> {
    return this.#look(() => this.#disk.list(directory))
  }

  read(path: string): Promise<Uint8Array> {
    return this.#look(() => this.#disk.read(path))
  }

  readAt(fd: number, bytes: Uint8Array, position: number): Promise<number> {
    return this.#look(() => this.#disk.readAt(fd, bytes, position))
  }

  open(path: string, mode: OpenMode): Promise<number> {
    const open = () => this.#disk.open(path, mode)
    return mode === 'create' || mode === 'createNew' ? this.#change('name', open) : this.#look(open)
  }

  close(fd: number): Promise<void> {
    return this.#look(() => this.#disk.close(fd))
  }

  write(fd: number, bytes: Uint8Array, position: number): Promise<number> {
    // The caller may use its buffer again once it has given up.
    return this.#change('write', () => this.#disk.write(fd, bytes, position))
  }

  sync(fd: number): Promise<void> {
    return this.#change('sync', () => this.#disk.sync(fd))
  }

  rename(from: string, to: string): Promise<void> {
    return this.#change('name', () => this.#disk.rename(from, to))
  }

  remove(path: string): Promise<void> {
    return this.#change('name', () => this.#disk.remove(path))
  }

  writeBlocking(fd: number, bytes: Uint8Array, position: number): number {
    if (this.#owner.isDead) throw new Died()
    const dies = this.#owner.dies('write')
    if (dies !== null)
      return this.#dieWriting(dies, () => this.#disk.writeBlocking(fd, bytes, position))
    this.#failIfDue('write')
    return this.#disk.writeBlocking(fd, bytes, position)
  }

  #dieWriting(when: 'before' | 'within' | 'after', write: () => number): never {
    if (when === 'within') this.#disk.fault = () => 'crash'
    try {
      if (when !== 'before') write()
    } catch {
      // The disk is as dead as the process.
    }
    this.#owner.die(when === 'within')
    throw new Died()
  }

  /** What changes nothing takes no time. */
  #look<T>(look: () => Promise<T>): Promise<T> {
    return this.#owner.isDead ? never : look().catch(unlessCrashed)
  }

  async #change<T>(step: Step, change: () => Promise<T>): Promise<T> {
    if (this.#owner.isDead) return never
    const { scheduler } = this.#owner
    const delay = step === 'name' ? 0 : this.#owner.latency()
    if (delay > 0) {
      await new Promise<void>((resolve) => {
        scheduler.after(delay, () => this.#owner.enter(resolve))
      })
      if (this.#owner.isDead) return never
    }
    const dies = this.#owner.dies(step)
    if (dies === 'before') return this.#die(false)
    this.#failIfDue(step)
    if (dies === null) return change().catch(unlessCrashed)
    if (dies === 'within') this.#disk.fault = () => 'crash'
    await change().catch(() => undefined)
    return this.#die(dies === 'within')
  }

  #die(torn: boolean): Promise<never> {
    this.#owner.die(torn)
    return never
  }

  #failIfDue(step: Step): void {
    if (this.failNext !== step) return
    this.failNext = null
    this.onFailure()
    throw systemError('EIO')
  }
}

/** Another write tore as the power went: the process is about to end with it, and hears nothing more. */
function unlessCrashed(error: unknown): Promise<never> {
  if (error instanceof Error && 'code' in error && error.code === 'ECRASHED') return never
  throw error
}
