import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, temporaryFolder, watchProcess } from '../../../bench/leftovers.ts'
import { cpuMicrosOf } from '../../../bench/processes.ts'
import { eventually } from '../../../test/child.ts'
import { SNAPSHOTS_FOLDER } from '../../server/storage/snapshot-store.ts'
import { type Context, counted } from '../context.ts'
import type { MusicRaft } from '../music-raft.ts'
import { PLACES } from '../system.ts'
import type { SnapshotTimes } from './snapshot-times.ts'

export interface Restarts {
  /** Killed as it stood: the last snapshot and the log since, until it is where the leader is. */
  readonly asItStood: Restart
  /** The same with a snapshot of everything. */
  readonly fromSnapshot: Restart
  /** The same with an empty disk. */
  readonly emptyDisk: Restart
  readonly snapshot: SnapshotTimes
}

export interface Restart {
  readonly ms: number
  /** CPU time of the node by then, which says the same on a busy machine. */
  readonly cpuMs: number
}

const GIVE_UP_MS = 300_000
const POLL_MS = 10
const VOTES = 64

/** Kills a follower three times, and looks at its snapshot while it is down. */
export async function restarts(context: Context, ours: MusicRaft): Promise<Restarts> {
  const leader = await ours.settled()
  const follower = (leader + 1) % PLACES.length
  await ours.kill(follower)
  const asItStood = await caughtUp(ours, follower, { SNAPSHOT_INTERVAL_MS: '1000' })
  // It takes one of everything as soon as it applies something.
  const all = await ours.metric(follower, 'raft_last_applied')
  await eventually(
    'a snapshot of everything',
    async () => {
      await counted(
        context,
        'scale, votes for a snapshot',
        ours,
        { operation: 'overwrite', targets: [leader], concurrency: VOTES },
        VOTES,
      )
      return (await ours.metric(follower, 'raft_snapshot_index')) >= all
    },
    GIVE_UP_MS,
  )
  await ours.kill(follower)
  const snapshot = await snapshotTimes(ours.dataFolder(follower))
  const fromSnapshot = await caughtUp(ours, follower)
  await ours.kill(follower)
  removeFolder(ours.dataFolder(follower))
  const emptyDisk = await caughtUp(ours, follower)
  await ours.settled()
  return { asItStood, fromSnapshot, emptyDisk, snapshot }
}

/** Starts it; until it has applied all that the leader had by then. */
async function caughtUp(
  ours: MusicRaft,
  at: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Restart> {
  const all = Math.max(...(await ours.status()).map(({ commitIndex }) => commitIndex))
  const began = performance.now()
  ours.launch(at, env)
  while (performance.now() - began < GIVE_UP_MS) {
    const applied = await ours.metric(at, 'raft_last_applied').catch(() => 0)
    if (applied >= all) {
      const ms = performance.now() - began
      return { ms, cpuMs: cpuMicrosOf([ours.pid(at)]) / 1000 }
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`node ${at} did not catch up within ${GIVE_UP_MS} ms`)
}

async function snapshotTimes(dataFolder: string): Promise<SnapshotTimes> {
  const scratch = temporaryFolder('bench-snapshot-')
  const [from, to] = [join(scratch, 'from'), join(scratch, 'to')]
  cpSync(join(dataFolder, SNAPSHOTS_FOLDER), join(from, SNAPSHOTS_FOLDER), { recursive: true })
  mkdirSync(to)
  const child = watchProcess(fork(join(import.meta.dirname, 'snapshot-times.js'), [from, to]))
  const [times] = await Promise.race([once(child, 'message'), died(child)])
  removeFolder(scratch)
  return times as SnapshotTimes
}

async function died(child: ReturnType<typeof fork>): Promise<never> {
  await once(child, 'exit')
  throw new Error('the process that looks at a snapshot ended')
}
