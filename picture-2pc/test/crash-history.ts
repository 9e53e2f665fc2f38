import { existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs'
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
): OpenedJournal<R, S> {
  const { journal } = opened
  const checkpoint = journal.checkpoint.bind(journal)
  journal.checkpoint = (state) => {
    mkdirSync(historyOf(directory), { recursive: true })
    for (const name of readdirSync(directory).filter((each) => SEGMENT.test(each))) {
      const kept = join(historyOf(directory), name)
      if (!existsSync(kept)) linkSync(join(directory, name), kept)
    }
    return checkpoint(state)
  }
  return opened
}

/** Every record of a journal whose process does not run, in order, with its sequence number. */
export async function readHistory<R>(directory: string): Promise<readonly R[]> {
  const copy = await mkdtemp(join(tmpdir(), 'picture-2pc-history-'))
  try {
    for (const folder of [historyOf(directory), directory]) {
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
