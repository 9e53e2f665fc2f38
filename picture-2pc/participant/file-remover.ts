import { unlink } from 'node:fs'
import { RemovalThread } from './removal-thread.ts'

/** Files wait this long for others, milliseconds: each alone would cost several wake-ups of a thread. */
const GATHER_MS = 100
const MOST_AT_ONCE = 64
/** More than so many do not wait for a processor without other work: the disk shall have its space. */
const MOST_WAITING = 4096

interface Waiting {
  readonly path: string
  resolve(): void
  reject(error: Error): void
}

/** Removes files behind the work that goes on, many at a time. One that is not there is removed. */
export class FileRemover {
  readonly #thread = new RemovalThread()
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  /** Behind all other work, in the thread. */
  #behind: Promise<void> | null = null
  /** Beside the other work, in this process. */
  #beside: Promise<void> | null = null

  /** Resolves when the file is gone; rejects with the system's error. */
  remove(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ path, resolve, reject })
      if (this.#waiting.length > MOST_WAITING) this.#startBeside()
      else if (this.#behind === null) this.#startLater()
    })
  }

  /** Removes now what waits. */
  async flush(): Promise<void> {
    do {
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#timer = null
      this.#startBeside()
      await Promise.all([this.#beside, this.#behind])
    } while (this.#waiting.length > 0)
  }

  /** Removes what waits; what comes later is removed all the same. */
  async close(): Promise<void> {
    await this.flush()
    await this.#thread.close()
  }

  #startLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#behind ??= this.#runBehind().finally(() => {
        this.#behind = null
        // Asked for behind the last look, by whoever was told of the last file.
        if (this.#waiting.length > 0) this.#startLater()
      })
    }, GATHER_MS)
  }

  #startBeside(): void {
    this.#beside ??= this.#runBeside().finally(() => {
      this.#beside = null
    })
  }

  async #runBehind(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MOST_AT_ONCE)
      const refused = await this.#thread.remove(group.map(({ path }) => path))
      if (refused === null) {
        await Promise.all(group.map(removed))
        continue
      }
      const errors = new Map(refused)
      for (const [place, { resolve, reject }] of group.entries()) {
        const error = errors.get(place)
        if (error === undefined) resolve()
        else reject(error)
      }
    }
  }

  async #runBeside(): Promise<void> {
    while (this.#waiting.length > 0) {
      await Promise.all(this.#waiting.splice(0, MOST_AT_ONCE).map(removed))
    }
  }
}

/** Whoever asked hears of a failure; the others go on. */
function removed({ path, resolve, reject }: Waiting): Promise<void> {
  return new Promise((done) => {
    unlink(path, (error) => {
      if (error === null || error.code === 'ENOENT') resolve()
      else reject(error)
      done()
    })
  })
}
