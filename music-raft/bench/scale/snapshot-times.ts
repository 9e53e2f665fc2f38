import { join } from 'node:path'
import { QueueRestore } from '../../queue/restore.ts'
import { SnapshotStore } from '../../server/storage/snapshot-store.ts'

/** Of the snapshot of a node that is down. */
export interface SnapshotTimes {
  readonly tracks: number
  readonly bytes: number
  /** Read and made a queue again. */
  readonly restoreMs: number
  /** Taken of that queue and forced to disk, by the nodes' own code. */
  readonly writeMs: number
  /** The longest stop that taking a piece of it makes. */
  readonly longestMs: number
}

// A process: what it takes must not depend on what the bench has in memory. Arguments: a folder that
// holds a copy of a node's snapshots, and one to write to.

const [, , from = '', to = ''] = process.argv
const source = await SnapshotStore.open(from)
const { current } = source
if (current === null) throw new Error(`${join(from, 'snapshots')} holds no snapshot`)
const began = performance.now()
const restore = new QueueRestore()
for await (const piece of source.read(current)) restore.push(piece)
const queue = restore.finish()
const restored = performance.now()
let longestMs = 0

function* timed(pieces: Iterator<Uint8Array>): Generator<Uint8Array> {
  for (;;) {
    const before = performance.now()
    const { done = false, value } = pieces.next()
    longestMs = Math.max(longestMs, performance.now() - before)
    if (done) return
    yield value
  }
}

const target = await SnapshotStore.open(to)
const written = await target.write(current, timed(queue.snapshot().chunks()[Symbol.iterator]()))
if (written?.size !== current.size) throw new Error('another snapshot was written than was read')
const times: SnapshotTimes = {
  tracks: queue.size,
  bytes: current.size,
  restoreMs: restored - began,
  writeMs: performance.now() - restored,
  longestMs,
}
process.send?.(times)
process.disconnect()
