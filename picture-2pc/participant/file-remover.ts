import { unlink } from 'node:fs'

/**
 * Files wait this long for others, milliseconds: removed one by one, each costs a wake-up of a thread
 * that is several times the work itself.
 */
const GATHER_MS = 100
const MOST_AT_ONCE = 64

interface Waiting {
  readonly path: string
  resolve(): void
  reject(error: Error): void
}

/** Removes files behind the work that goes on, many at a time. One that is not there is removed. */
export class FileRemover {
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  #removing: Promise<void> | null = null

  /** Resolves when the file is gone; rejects with the system's error. */
  remove(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ path, resolve, reject })
      if (this.#removing === null) this.#startLater()
    })
  }

  /** Removes now what waits. */
  async flush(): Promise<void> {
    do await (this.#removing ?? this.#start())
    while (this.#waiting.length > 0)
  }

  #startLater(): void {
    this.#timer ??= setTimeout(() => this.#start(), GATHER_MS)
  }

  #start(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#removing = this.#run().finally(() => {
      this.#removing = null
      // Asked for behind the last look, by whoever was told of the last file.
      if (this.#waiting.length > 0) this.#startLater()
    })
    return this.#removing
  }

  async #run(): Promise<void> {
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
