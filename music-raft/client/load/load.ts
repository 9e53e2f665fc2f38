import { CallFailed } from '../ask.ts'
import type { QueueClient } from '../client.ts'
import type { Terminal } from '../terminal.ts'
import { ProgressBar } from './progress.ts'
import { markOf, type Row, rowsOf } from './rows.ts'
import {
  type LoadState,
  laneId,
  newLoad,
  readState,
  removeState,
  writeState,
} from './state-file.ts'

export interface LoadOptions {
  readonly file: string
  readonly stateFile: string
  /** Requests under way at once. A load that goes on keeps the number it began with. */
  readonly lanes: number
  /** Forgets an earlier load of this file. */
  readonly restart: boolean
}

/** How a load ended. */
export interface LoadResult {
  /** Rows of the file dealt with, those of earlier runs included. */
  readonly rows: number
  readonly added: number
  /** Their id was in the queue; nothing changed. */
  readonly alreadyQueued: number
  /** Answered in an earlier run. */
  readonly earlier: number
  /** Turned down for what they are; each is told as it happens. */
  readonly refused: number
  /** Why it stopped before the end; null: it did not. */
  readonly stopped: CallFailed | null
}

const SAVE_EVERY_MS = 1000

/** Adds every row of a CSV file. Rejects with UsageError, or the file system's error. */
export async function load(
  client: QueueClient,
  terminal: Terminal,
  options: LoadOptions,
): Promise<LoadResult> {
  const file = await markOf(options.file)
  if (options.restart) await removeState(options.stateFile)
  const known = await readState(options.stateFile, file)
  const state = known ?? newLoad(file, options.lanes)
  const run = new Load(client, terminal, state, options.stateFile)
  const result = await run.all(rowsOf(options.file))
  if (result.stopped === null) await removeState(options.stateFile)
  return result
}

/**
 * One run over the rows. Lanes work side by side, and each one row after another: the cluster
 * remembers one request per client id. A lane never holds more than a row, so memory is bounded.
 */
class Load {
  readonly #client: QueueClient
  readonly #state: LoadState
  readonly #stateFile: string
  readonly #bar: ProgressBar
  readonly #busy: Promise<void>[]
  #savedAt = performance.now()
  #rows = 0
  #bytes = 0
  #added = 0
  #alreadyQueued = 0
  #earlier = 0
  #refused = 0
  #stopped: CallFailed | null = null

  constructor(client: QueueClient, terminal: Terminal, state: LoadState, stateFile: string) {
    this.#client = client
    this.#state = state
    this.#stateFile = stateFile
    this.#bar = new ProgressBar(terminal)
    this.#busy = state.answered.map(() => Promise.resolve())
  }

  async all(rows: AsyncIterable<Row>): Promise<LoadResult> {
    let begun = false
    try {
      for await (const row of rows) {
        // On disk before the first request leaves: without its ids a row could not be repeated safely.
        if (!begun) await writeState(this.#stateFile, this.#state)
        begun = true
        const lane = row.number % this.#state.lanes
        await this.#busy[lane]
        if (this.#stopped !== null) break
        this.#busy[lane] = this.#one(row, lane)
        await this.#saveNowAndThen()
      }
    } finally {
      await Promise.all(this.#busy)
      if (begun) await writeState(this.#stateFile, this.#state)
    }
    this.#bar.end(this.#progress())
    return {
      rows: this.#rows,
      added: this.#added,
      alreadyQueued: this.#alreadyQueued,
      earlier: this.#earlier,
      refused: this.#refused,
      stopped: this.#stopped,
    }
  }

  /** Never rejects with what ends the load: the reader of rows finds it in `#stopped`. */
  async #one(row: Row, lane: number): Promise<void> {
    if (row.number <= (this.#state.answered[lane] ?? 0)) this.#earlier += 1
    else if (row.track === null) this.#refuse(row, row.problem)
    else if (!(await this.#add(row, row.track, lane))) return
    this.#state.answered[lane] = Math.max(this.#state.answered[lane] ?? 0, row.number)
    this.#rows += 1
    this.#bytes = Math.max(this.#bytes, row.bytes)
    this.#bar.show(this.#progress())
  }

  /** False: it is not known how the row ended, and the load stops. */
  async #add(row: Row, track: NonNullable<Row['track']>, lane: number): Promise<boolean> {
    const identity = { clientId: laneId(this.#state, lane), requestId: row.number }
    try {
      const { answer } = await this.#client.addTrack(track, identity, { brief: true })
      this.#count(row, answer.code, answer.message)
      return true
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error
      if (error.outcome === 'refused' && error.failure.status === 'INVALID_ARGUMENT') {
        this.#refuse(row, error.message)
        return true
      }
      if (this.#stopped?.outcome !== 'unknown') this.#stopped = error
      return false
    }
  }

  #count(row: Row, code: string, message: string): void {
    if (code === 'ALREADY_QUEUED') this.#alreadyQueued += 1
    // The cluster answered this lane's later requests: this one was answered in an earlier run.
    else if (code === 'STALE_REQUEST') this.#earlier += 1
    else if (code === '' || code === 'OK' || code === 'APPLIED') this.#added += 1
    else this.#refuse(row, message)
  }

  #refuse({ line }: Row, reason: string): void {
    this.#refused += 1
    this.#bar.say(`line ${line} refused: ${reason}`)
  }

  #progress() {
    const { bytes: total } = this.#state.file
    return { rows: this.#rows, refused: this.#refused, bytes: this.#bytes, total }
  }

  async #saveNowAndThen(): Promise<void> {
    const now = performance.now()
    if (now - this.#savedAt < SAVE_EVERY_MS) return
    this.#savedAt = now
    await writeState(this.#stateFile, this.#state)
  }
}
