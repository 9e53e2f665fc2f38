import { mkdir } from 'node:fs/promises'
import { RecordLog } from '../../../common/record-log.ts'

interface Waiting {
  readonly bytes: Buffer
  resolve(): void
  reject(error: unknown): void
}

/** Forced decisions of a coordinator: what arrives while one write is under way shares the next. */
export class DecisionLog {
  readonly #log: RecordLog
  #waiting: Waiting[] = []
  #writing = false

  private constructor(log: RecordLog) {
    this.#log = log
  }

  static async open(directory: string): Promise<DecisionLog> {
    await mkdir(directory, { recursive: true })
    return new DecisionLog(await RecordLog.open({ directory, onRecord: () => undefined }))
  }

  /** Resolves when the decision is on disk. */
  force(decision: object): Promise<void> {
    const bytes = Buffer.from(JSON.stringify(decision))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject })
      if (this.#writing) return
      this.#writing = true
      setImmediate(() => void this.#write())
    })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0)
      try {
        await this.#log.append(batch.map(({ bytes }) => bytes))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#writing = false
  }

  async close(): Promise<void> {
    await this.#log.close()
  }
}
