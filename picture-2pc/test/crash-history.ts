import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordLog } from '../../common/record-log.ts'
import type { OpenedJournal } from '../shell/journal.ts'

const SEGMENT = /^\d{20}\.log$/

/**
 * Keeps every segment of a journal: before a checkpoint drops what it covers, the segments get a
 * second name beside the data directory. So a test can read everything that ever was recorded.
 */
export function keepHistory<R, S>(
  opened: OpenedJournal<R, S>,
  directory: string,
  history = historyOf(directory),
): OpenedJournal<R, S> {
  const { journal } = opened
  const checkpoint = journal.checkpoint.bind(journal)
  journal.checkpoint = (state) => {
    mkdirSync(history, { recursive: true })
    for (const name of readdirSync(directory).filter((each) => SEGMENT.test(each))) {
      keep(join(directory, name), join(history, name))
    }
    return checkpoint(state)
  }
  return opened
}

function keep(path: string, kept: string): void {
  try {
    if (!existsSync(kept)) linkSync(path, kept)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    copyFileSync(path, kept) // the history is on another disk than the data
  }
}

/** Every record of a journal whose process does not run, in order. */
export async function readHistory<R>(
  directory: string,
  history = historyOf(directory),
): Promise<readonly R[]> {
  const copy = await mkdtemp(join(tmpdir(), 'picture-2pc-history-'))
  try {
    for (const folder of [history, directory]) {
      if (!existsSync(folder)) continue
      for (const name of (await readdir(folder)).filter((each) => SEGMENT.test(each))) {
        await copyFile(join(folder, name), join(copy, name))
      }
    }
    const records: R[] = []
    const log = await RecordLog.open({
      directory: copy,
      onRecord: (_sequence, bytes) =>
        records.push(JSON.parse(Buffer.from(bytes).toString('utf8')) as R),
    })
    await log.close()
    return records
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

function historyOf(directory: string): string {
  return `${directory}.history`
}
