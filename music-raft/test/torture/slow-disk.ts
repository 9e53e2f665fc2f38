import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'

/** How long an order is believed before the file is read again. */
const RECALL_MS = 20

/**
 * The machine's file system, but each forced write takes as many milliseconds longer as the file
 * `orders` says. The delay stands where a slow device would be felt: a write that blocks the event
 * loop blocks it for that long. The device itself is as fast as ever, and nothing is reordered.
 */
export function slowDisk(orders: string): FileSystem {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  let known = 0
  let readAt = Number.NEGATIVE_INFINITY
  const delay = () => {
    if (performance.now() - readAt > RECALL_MS) {
      known = ordered(orders)
      readAt = performance.now()
    }
    return known
  }
  return {
    ...nodeFileSystem,
    write: async (...args) => {
      if (delay() > 0) await sleep(delay())
      return nodeFileSystem.write(...args)
    },
    writeBlocking: (...args) => {
      if (delay() > 0) Atomics.wait(cell, 0, 0, delay())
      return nodeFileSystem.writeBlocking(...args)
    },
    sync: async (...args) => {
      if (delay() > 0) await sleep(delay())
      return nodeFileSystem.sync(...args)
    },
  }
}

function ordered(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0
  } catch {
    return 0
  }
}
