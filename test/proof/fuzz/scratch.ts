import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'

let folder = ''

/** A folder of this process, in memory where the system has such a place: fuzzing wears no disk. */
export function scratchFolder(): string {
  if (folder === '') {
    folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'fuzz-'))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  }
  return folder
}
