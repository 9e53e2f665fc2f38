import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from '../../bench/machine.ts'
import { cpuMicrosOf, residentBytesOf } from '../../bench/processes.ts'
import { BenchViewer } from '../../bench/viewers.ts'
import { MusicRaftClient } from './load/music-raft-client.ts'
import { LoadPool } from './load/pool.ts'
import { MusicRaft, SHIPPED_TIMERS } from './music-raft.ts'

const CONCURRENCY = 64
/** Where CPU time is compared: at full load fewer writes a second are larger batches, and cheaper. */
const PACE = { perSecond: 200, workers: 20 }

interface Audience {
  readonly name: string
  readonly reading: number
  readonly dead: number
}

/** All at the leader, each at the events of all five nodes: nobody costs it more. */
const AUDIENCES: readonly Audience[] = [
  { name: 'nobody', reading: 0, dead: 0 },
  { name: '1 reads', reading: 1, dead: 0 },
  { name: '10 read', reading: 10, dead: 0 },
  { name: '1 never reads', reading: 0, dead: 1 },
  { name: '10 never read', reading: 0, dead: 10 },
  { name: '1 reads, 10 never read', reading: 1, dead: 10 },
]

interface Run {
  readonly audience: Audience
  readonly perSecond: number
  readonly p99Ms: number
  readonly cpuMicros: number
  readonly pacedCpuMicros: number
  readonly eventsPerSecond: number
  readonly leaderMebibytes: number
}

/**
 * What those who look cost a cluster that works. A cluster of its own for each run: one that was looked
 * at goes on counting for a while. The audiences follow each other in every round, so that a busy moment
 * meets them all.
 */
export async function benchViewers(seconds: number, rounds: number) {
  console.log(
    `AddTrack at the leader, ${CONCURRENCY} at a time, while others look at ` +
      '/events?cluster=1 of the leader',
  )
  const runs: Run[] = []
  for (let round = 1; round <= rounds; round += 1) {
    for (const audience of AUDIENCES) runs.push(await run(audience, seconds))
  }
  const rows = AUDIENCES.map((audience) => row(runs, audience))
  console.table(rows)
  return rows
}

async function run(audience: Audience, seconds: number): Promise<Run> {
  const system = await MusicRaft.start(SHIPPED_TIMERS)
  const pool = new LoadPool()
  const viewers: BenchViewer[] = []
  const write = async (length: { warmMs: number; ms: number }) => {
    const targets = [await system.settled()]
    const load = { targets, operation: 'write', concurrency: CONCURRENCY, length } as const
    const figures = await pool.run(system, load)
    if (figures.failed > 0) throw new Error(`${figures.failed} writes failed: ${figures.failure}`)
    return figures
  }
  try {
    const leader = await system.settled()
    await write({ warmMs: 0, ms: 2000 }) // compiled code, open connections
    const url = `${system.httpUrl(leader)}/events?cluster=1`
    for (let at = 0; at < audience.reading + audience.dead; at += 1)
      viewers.push(await BenchViewer.open(url, at < audience.reading))
    const [before, began] = [counted(viewers), performance.now()]
    const figures = await write({ warmMs: 0, ms: seconds * 1000 })
    const took = (performance.now() - began) / 1000
    const events = counted(viewers) - before
    const pacedCpuMicros = await paced(system, leader, seconds)
    const readers = viewers.filter(({ reads }) => reads)
    if (readers.some(({ events }) => events === 0)) throw new Error('a viewer saw nothing')
    return {
      ...{ audience, perSecond: figures.perSecond, p99Ms: figures.p99Ms },
      ...{ cpuMicros: figures.cpuMicros, pacedCpuMicros },
      eventsPerSecond: events / took,
      leaderMebibytes: (residentBytesOf(system.pids())[leader] ?? 0) / 2 ** 20,
    }
  } finally {
    for (const viewer of viewers) viewer.close()
    await pool.stop()
    await system.stop()
  }
}

function counted(viewers: readonly BenchViewer[]): number {
  return viewers.reduce((sum, { events }) => sum + events, 0)
}

/** CPU time of all nodes a write, microseconds, at a pace that leaves them idle in between. */
async function paced(system: MusicRaft, leader: number, seconds: number): Promise<number> {
  const { perSecond, workers } = PACE
  const client = new MusicRaftClient(system.addresses)
  const before = cpuMicrosOf(system.pids())
  const began = performance.now()
  const writes = perSecond * seconds
  const work = async (first: number) => {
    const clientId = randomUUID()
    for (let at = first; at < writes; at += workers) {
      await sleep(Math.max(0, began + (at / perSecond) * 1000 - performance.now()))
      await client.call('write', leader, { clientId, name: clientId.slice(0, 13) }, at + 1)
    }
  }
  try {
    await Promise.all(Array.from({ length: workers }, (_, at) => work(at)))
  } finally {
    client.close()
  }
  return (cpuMicrosOf(system.pids()) - before) / writes
}

function row(runs: readonly Run[], audience: Audience) {
  const those = runs.filter((each) => each.audience === audience)
  const nobody = runs.filter((each) => each.audience === AUDIENCES[0])
  type Figure = Exclude<keyof Run, 'audience'>
  const of = (figure: Figure, digits: number) =>
    Number(median(those.map((each) => each[figure])).toFixed(digits))
  const toNobody = (figure: Figure) =>
    Number(
      median(
        those.map((each, round) => each[figure] / (nobody[round]?.[figure] ?? Number.NaN)),
      ).toFixed(2),
    )
  return {
    'who looks': audience.name,
    'writes/s': of('perSecond', 0),
    'to nobody': toNobody('perSecond'),
    'p99 ms': of('p99Ms', 1),
    'CPU µs/write, 5 nodes': of('cpuMicros', 0),
    [`at ${PACE.perSecond} writes/s`]: of('pacedCpuMicros', 0),
    'to nobody there': toNobody('pacedCpuMicros'),
    'events/s to all who read': of('eventsPerSecond', 0),
    'leader MiB': of('leaderMebibytes', 0),
  }
}
