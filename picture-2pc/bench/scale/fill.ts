import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { ParticipantRecord, Picture } from '../../protocol/participant-records.ts'
import type { ParticipantSnapshot } from '../../protocol/participant-state.ts'
import { Journal } from '../../shell/journal.ts'
import { PICTURE } from '../picture.ts'

/** A file may have about this many names; ext4 allows 65,000. */
const NAMES_PER_FILE = 60_000
const LINKS_PER_TURN = 500

/** What writing the checkpoint took. */
export interface Filled {
  readonly checkpointMs: number
  /** Longest time for which the event loop did not turn meanwhile. */
  readonly stoppedMs: number
  readonly checkpointBytes: number
}

/**
 * Makes a data directory of a participant that holds so many pictures, all in a checkpoint. Each has a
 * file of its own in the directory; the bytes behind the names are shared, so that a million fit.
 */
export async function fill(directory: string, count: number): Promise<Filled> {
  const folder = join(directory, 'pictures')
  mkdirSync(folder, { recursive: true })
  const sha256 = createHash('sha256').update(PICTURE).digest('hex')
  const pictures: (readonly [string, Picture])[] = []
  for (let index = 0; index < count; index++) {
    const blob = createHash('sha256').update(String(index)).digest('hex')
    const path = join(folder, blob)
    const first = pictures[index - (index % NAMES_PER_FILE)]?.[1].blob
    if (first === undefined) writeFileSync(path, PICTURE)
    else linkSync(join(folder, first), path)
    const picture = { size: PICTURE.byteLength, sha256, blob, likes: 0, uploadTime: index }
    pictures.push([`held-${index}.png`, picture])
    if (index % LINKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const empty = { prepared: [], tombstones: [], finishedBefore: [], epochs: [], forgetful: [] }
  return checkpointed(directory, { pictures, ...empty })
}

async function checkpointed(directory: string, state: ParticipantSnapshot): Promise<Filled> {
  const { journal } = await Journal.open<ParticipantRecord, ParticipantSnapshot>(directory)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const began = performance.now()
  delay.enable()
  await journal.checkpoint(state)
  delay.disable()
  const checkpointMs = performance.now() - began
  const { checkpointBytes } = journal
  await journal.close()
  return { checkpointMs, stoppedMs: delay.max / 1e6, checkpointBytes }
}
