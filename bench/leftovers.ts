import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const processes = new Set<ChildProcess>()
const folders = new Set<string>()
let watched = false

/** Nothing a bench started outlives it, however it ends: by itself, by an error, by Ctrl-C. */
export function watchProcess<T extends ChildProcess>(child: T): T {
  watch()
  processes.add(child)
  child.once('exit', () => processes.delete(child))
  return child
}

/** A folder of its own under the system's, removed at the end at the latest. */
export function temporaryFolder(prefix: string): string {
  watch()
  const folder = mkdtempSync(join(tmpdir(), prefix))
  folders.add(folder)
  return folder
}

/** Removes one earlier. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  folders.delete(folder)
}

function watch(): void {
  if (watched) return
  watched = true
  process.once('exit', clear)
  // An exit by a signal runs no handlers of `exit` unless it is made one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => process.exit(130))
  }
}

function clear(): void {
  for (const child of processes) child.kill('SIGKILL')
  for (const folder of folders) {
    try {
      removeFolder(folder)
    } catch (error) {
      console.error(`${folder} is left behind: ${error}`)
    }
  }
}
