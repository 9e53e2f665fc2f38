import { readlinkSync, unlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort } from 'node:worker_threads'

// Removes each list of files it is sent, and answers with those that would not go.

/** Places in the list, and why the file there did not go. */
export type Refused = readonly (readonly [place: number, error: Error])[]

yieldToOthers()
parentPort?.on('message', (paths: readonly string[]) => {
  const refused: (readonly [number, Error])[] = []
  for (const [place, path] of paths.entries()) {
    try {
      unlinkSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') refused.push([place, error as Error])
    }
  }
  parentPort?.postMessage(refused satisfies Refused)
})

/** Linux gives each thread a priority of its own; elsewhere it would be that of the whole process. */
function yieldToOthers(): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')))
    setPriority(thread, constants.priority.PRIORITY_LOW)
  } catch {
    // Removing at the priority of the rest is right too.
  }
}
