import { CallFailed } from '../ask.ts'
import type { QueueClient } from '../client.ts'
import type { Terminal } from '../terminal.ts'
import {
  CallLane,
  knowsNoStreams,
  type Lane,
  type LaneParts,
  StreamLane,
  type TrackRow,
} from './lanes.ts'
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
  /** Calls under way at once, where there are no streams. A load that goes on keeps its number. */
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
/** Streams under way at once: enough for one to be filled while another waits for the disks. */
const STREAMS = 4

/** Adds every row of a CSV file. Rejects with UsageError, or the file system's error. */
export async function load(
  client: QueueClient,
  terminal: Terminal,
  options: LoadOptions,
): Promise<LoadResult> {
  const file = await markOf(options.file)
  if (options.restart) await removeState(options.stateFile)
  const known = await readState(options.stateFile, file)
  const streams = (known?.lanes ?? 1) <= STREAMS && (await client.servesStreams())
  const lanes = streams ? Math.min(STREAMS, options.lanes) : options.lanes
  const state = known ?? newLoad(file, lanes)
  const run = new Load(client, terminal, { state, stateFile: options.stateFile, streams })
  const result = await run.all(rowsOf(options.file))
  if (result.stopped === null) await removeState(options.stateFile)
  return result
}

interface Run {
  readonly state: LoadState
  readonly stateFile: string
  readonly streams: boolean
}

/**
 * One run over the rows. Lanes work side by side, and each has a client id of its own and takes its
 * rows in order: the cluster remembers the last requests of each client id. What the lanes hold is
 * bounded, and therefore memory.
 */
class Load {
  readonly #client: QueueClient
  readonly #state: LoadState
  readonly #stateFile: string
  readonly #bar: ProgressBar
  #lanes: Lane[]
  #savedAt = performance.now()
  #rows = 0
  #bytes = 0
  #added = 0
  #alreadyQueued = 0
  #earlier = 0
  #refused = 0
  #stopped: CallFailed | null = null

  constructor(client: QueueClient, terminal: Terminal, { state, stateFile, streams }: Run) {
    this.#client = client
    this.#state = state
    this.#stateFile = stateFile
    this.#bar = new ProgressBar(terminal)
    this.#lanes = this.#open(streams ? StreamLane : CallLane)
  }

  async all(rows: AsyncIterable<Row>): Promise<LoadResult> {
    let begun = false
    try {
      for await (const row of rows) {
        // On disk before the first request leaves: without its ids a row could not be repeated safely.
        if (!begun) await writeState(this.#stateFile, this.#state)
        begun = true
        const room = this.#lane(row).room()
        if (room !== undefined && !(await this.#holds(room))) break
        this.#take(row)
        if (performance.now() - this.#savedAt >= SAVE_EVERY_MS) await this.#save()
      }
      // One after the other: what one lane learns, that there are no streams, is done for all.
      for (const lane of this.#state.answered.keys()) {
        await this.#holds(this.#lanes[lane]?.settled() ?? Promise.resolve())
      }
    } finally {
      for (const lane of this.#lanes) lane.close()
      if (begun) await this.#save()
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

  #open(Kind: new (parts: LaneParts) => Lane): Lane[] {
    const { answered } = this.#state
    return answered.map((_, lane) => {
      const clientId = laneId(this.#state, lane)
      return new Kind({
        ...{ client: this.#client, clientId },
        answered: (row, code, message) => this.#answered(lane, row, code, message),
      })
    })
  }

  #lane(row: Row): Lane {
    const lane = this.#lanes[row.number % this.#state.lanes]
    if (lane === undefined) throw new Error(`row ${row.number} has no lane`)
    return lane
  }

  #take(row: Row): void {
    const lane = row.number % this.#state.lanes
    if (row.number <= (this.#state.answered[lane] ?? 0)) {
      this.#earlier += 1
      this.#done(row)
    } else if (row.track === null) {
      // Not noted as answered: those before it in its lane may not be yet.
      this.#refuse(row, row.problem)
      this.#done(row)
    } else this.#lane(row).give({ ...row, track: row.track })
  }

  #answered(lane: number, row: TrackRow, code: string, message: string): void {
    if (code === 'ALREADY_QUEUED') this.#alreadyQueued += 1
    // The cluster answered this lane's later requests: this one was answered in an earlier run.
    else if (code === 'STALE_REQUEST') this.#earlier += 1
    else if (code === '' || code === 'OK' || code === 'APPLIED') this.#added += 1
    else this.#refuse(row, message)
    this.#state.answered[lane] = row.number
    this.#done(row)
  }

  #done(row: Row): void {
    this.#rows += 1
    this.#bytes = Math.max(this.#bytes, row.bytes)
    this.#bar.show(this.#progress())
  }

  /** False: it is not known how a row ended, and the load stops. */
  async #holds(work: Promise<void>): Promise<boolean> {
    try {
      await work
      return this.#stopped === null
    } catch (error) {
      if (knowsNoStreams(error)) return this.#holds(this.#goOnWithCalls())
      if (!(error instanceof CallFailed)) throw error
      if (this.#stopped?.outcome !== 'unknown') this.#stopped = error
      return false
    }
  }

  /** A node without streams was met, after others with: the same requests, one at a time. */
  async #goOnWithCalls(): Promise<void> {
    const before = this.#lanes
    this.#lanes = this.#open(CallLane)
    for (const lane of before) lane.close()
    await Promise.all(
      before.map(async (lane, at) => {
        for (const row of [...lane.left()]) {
          await this.#lanes[at]?.room()
          this.#lanes[at]?.give(row)
        }
        await this.#lanes[at]?.settled()
      }),
    )
  }

  #refuse({ line }: Row, reason: string): void {
    this.#refused += 1
    this.#bar.say(`line ${line} refused: ${reason}`)
  }

  #progress() {
    const { bytes: total } = this.#state.file
    return { rows: this.#rows, refused: this.#refused, bytes: this.#bytes, total }
  }

  async #save(): Promise<void> {
    this.#savedAt = performance.now()
    await writeState(this.#stateFile, this.#state)
  }
}
