import { measure, write } from './load.ts'
import type { BenchCluster } from './processes.ts'

const CONCURRENCY = 256
const STEP_SECONDS = 20

/** Resident memory of every node while the queue grows to so many tracks. */
export async function benchMemory(cluster: BenchCluster, tracks: number) {
  const rows = [await row(cluster)]
  console.table(rows)
  for (;;) {
    const leader = await cluster.settled()
    const targets = [cluster.channels.at(leader - 1)]
    const { perSecond } = await measure(cluster, targets, write, CONCURRENCY, STEP_SECONDS)
    const now = await row(cluster)
    rows.push(now)
    console.log(`${now.tracks} tracks, ${Math.round(perSecond)} writes/s, ${JSON.stringify(now)}`)
    if (now.tracks >= tracks) break
  }
  console.table(rows)
  return rows
}

async function row(cluster: BenchCluster) {
  const all = await cluster.status()
  return {
    tracks: Math.min(...all.map(({ queueLength }) => queueLength)),
    ...Object.fromEntries(
      all.map(({ id, residentBytes }) => [`node ${id} MiB`, Math.round(residentBytes / 2 ** 20)]),
    ),
  }
}
