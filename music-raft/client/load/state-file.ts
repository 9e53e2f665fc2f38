import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { UsageError } from '../terminal.ts'
import type { FileMark } from './rows.ts'

/**
 * What a load that was interrupted needs to go on: who asked. Row `n` is always request `n` of lane
 * `n mod lanes`, so that a row sent before an interruption and again after it takes effect once. How far
 * each lane got may lag behind: it saves time, nothing depends on it.
 */
export interface LoadState {
  readonly version: 1
  readonly file: FileMark
  /** A UUID; the lanes' client ids derive from it. */
  readonly load: string
  readonly lanes: number
  /** For each lane the last row that was answered. */
  readonly answered: number[]
}

export function newLoad(file: FileMark, lanes: number): LoadState {
  return {
    version: 1,
    file,
    load: randomUUID(),
    lanes,
    answered: Array.from({ length: lanes }, () => 0),
  }
}

/** The client id of a lane: a UUID, the load's but for its last part. */
export function laneId({ load }: LoadState, lane: number): string {
  return `${load.slice(0, 24)}${lane.toString(16).padStart(12, '0')}`
}

/**
 * Reads the state of an earlier load of this file; null when there is none.
 * Throws UsageError when it is of another file, or damaged.
 */
export async function readState(path: string, file: FileMark): Promise<LoadState | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const state = parseState(text)
  if (state === null) throw new UsageError(`${path} is damaged; --restart loads from the beginning`)
  if (state.file.sha256 !== file.sha256) {
    throw new UsageError(
      `the file changed since the load in ${path} began; --restart loads it from the beginning`,
    )
  }
  return state
}

/** Replaces the file whole: an interruption while writing leaves the earlier one. */
export async function writeState(path: string, state: LoadState): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(state)}\n`)
  await rename(`${path}.new`, path)
}

export async function removeState(path: string): Promise<void> {
  await rm(path, { force: true })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function parseState(text: string): LoadState | null {
  try {
    const state = JSON.parse(text) as LoadState
    const { version, file, load, lanes, answered } = state
    const sound =
      version === 1 &&
      typeof file.sha256 === 'string' &&
      typeof load === 'string' &&
      UUID.test(load) &&
      Number.isSafeInteger(lanes) &&
      lanes >= 1 &&
      answered.length === lanes &&
      answered.every((row) => Number.isSafeInteger(row) && row >= 0)
    return sound ? state : null
  } catch {
    return null
  }
}
