import { measure } from './load.ts'
import type { MusicRaft } from './music-raft.ts'

const CONCURRENCY = 256
const STEP_SECONDS = 20

/** Resident memory of every node while the queue grows to so many tracks. */
export async function benchMemory(system: MusicRaft, tracks: number) {
  const rows = [await row(system)]
  for (;;) {
    const leader = await system.settled()
    const { perSecond } = await measure(system, [leader], 'write', CONCURRENCY, STEP_SECONDS)
    const now = await row(system)
    rows.push(now)
    console.log(`${now.tracks} tracks, ${Math.round(perSecond)} writes/s, ${JSON.stringify(now)}`)
    if (now.tracks >= tracks) break
  }
  console.table(rows)
  return rows
}

async function row(system: MusicRaft) {
  const all = await system.status()
  return {
    tracks: Math.min(...all.map(({ queueLength }) => queueLength)),
    ...Object.fromEntries(
      all.map(({ id, residentBytes }) => [`node ${id} MiB`, Math.round(residentBytes / 2 ** 20)]),
    ),
  }
}
