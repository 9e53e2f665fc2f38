import { writeFile } from 'node:fs/promises'
import { machine, median } from '../../bench/machine.ts'
import { residentBytesOf } from '../../bench/processes.ts'
import { Etcd } from './etcd/etcd.ts'
import { failover } from './failover.ts'
import { type Figures, measure } from './load.ts'
import { benchMemory } from './memory.ts'
import { MusicRaft, SHIPPED_TIMERS } from './music-raft.ts'
import { PLACES, type System, type Timers } from './system.ts'

const CONCURRENCIES = [1, 16, 64, 256, 1024]
/** What etcd ships with. */
const ETCD_TIMERS: Timers = { heartbeatMs: 100, electionMinMs: 1000, electionMaxMs: 2000 }
/** Equal for both: etcd's shortest election timeout is five heartbeats. */
const SHORT_TIMERS: Timers = { heartbeatMs: 100, electionMinMs: 500, electionMaxMs: 1000 }

export interface BenchOptions {
  readonly seconds: number
  readonly rounds: number
  readonly failovers: number
  /** `all` but memory, or one part alone. */
  readonly part: 'all' | 'writes' | 'reads' | 'failover' | 'memory'
  /** How far the queue grows for `memory`. */
  readonly tracks: number
  /** Also measures etcd, in turn with ours. */
  readonly versus: boolean
  /** File for the figures as JSON; empty: none. */
  readonly out: string
}

/** `npm run bench -- raft`. */
export async function benchRaft(options: BenchOptions): Promise<void> {
  const where = machine()
  const { part, out, versus } = options
  console.log(
    `Node ${where.node}, ${where.cores} cores (${where.cpu}), ${where.memoryGiB} GiB, commit ${where.commit}`,
  )
  console.log('five nodes as shipped, logging to files; one client process; CPU of all five nodes')
  const results: Record<string, unknown> = {}
  const wants = (what: BenchOptions['part']) =>
    part === what || (part === 'all' && what !== 'memory')
  if (wants('writes') || wants('reads')) {
    await withSystems(SHIPPED_TIMERS, versus, async (systems) => {
      results['versions'] = Object.fromEntries(systems.map(({ name, version }) => [name, version]))
      for (const operation of ['write', 'read'] as const) {
        if (!wants(`${operation}s`)) continue
        for (const to of ['leader', 'all nodes in turn'] as const) {
          results[`${operation}s to ${to}`] = await series(systems, to, operation, options)
        }
      }
      results['resident MiB per node'] = memoryOf(systems)
    })
  }
  if (wants('failover')) {
    for (const [name, timers] of [
      ['shipped', SHIPPED_TIMERS],
      ['short', SHORT_TIMERS],
    ] as const) {
      const equal = timers === SHORT_TIMERS
      const versus = options.versus && equal
      results[`failover, ${name} timers`] = await failovers(timers, { ...options, versus })
    }
  }
  if (wants('memory')) {
    await withSystems(SHIPPED_TIMERS, false, async ([ours]) => {
      if (ours instanceof MusicRaft) results['memory'] = await benchMemory(ours, options.tracks)
    })
  }
  const all = { machine: where, results }
  if (out !== '') await writeFile(out, `${JSON.stringify(all, null, 2)}\n`)
  console.log(JSON.stringify(all))
}

/** Ours first. */
async function withSystems(
  timers: Timers,
  versus: boolean,
  bench: (systems: readonly System[]) => Promise<void>,
): Promise<void> {
  const systems: System[] = []
  try {
    if (versus) systems.unshift(await Etcd.start(timers === SHIPPED_TIMERS ? ETCD_TIMERS : timers))
    systems.unshift(await MusicRaft.start(timers))
    await bench(systems)
  } finally {
    await Promise.all(systems.map((system) => system.stop()))
  }
}

/** Rounds over all concurrencies, the systems in turn at each, so that a busy moment meets both. */
async function series(
  systems: readonly System[],
  to: 'leader' | 'all nodes in turn',
  operation: 'write' | 'read',
  { seconds, rounds }: BenchOptions,
) {
  const runs = new Map<System, Figures[]>(systems.map((system) => [system, []]))
  const run = async (system: System, concurrency: number, forSeconds: number) => {
    const leader = await system.settled()
    const targets = to === 'leader' ? [leader] : PLACES
    return measure(system, targets, operation, concurrency, forSeconds)
  }
  for (const system of systems) await run(system, 64, 2) // compiled code, open connections
  for (let round = 1; round <= rounds; round++) {
    for (const concurrency of CONCURRENCIES) {
      for (const [system, figures] of runs) figures.push(await run(system, concurrency, seconds))
    }
  }
  const rows = [...runs].flatMap(([{ name }, figures]) =>
    CONCURRENCIES.map((concurrency) => ({ system: name, ...middle(figures, concurrency) })),
  )
  console.log(`${operation}s to ${to}:`)
  console.table(rows)
  const [ours, theirs] = systems
  const ratios =
    ours === undefined || theirs === undefined
      ? []
      : compared(runs.get(ours) ?? [], runs.get(theirs) ?? [])
  if (ratios.length > 0) console.table(ratios)
  return { rows, ratios }
}

function middle(figures: readonly Figures[], concurrency: number) {
  const those = figures.filter((each) => each.concurrency === concurrency)
  const of = (figure: keyof Figures, digits: number) =>
    Number(median(those.map((each) => each[figure])).toFixed(digits))
  const rates = those.map(({ perSecond }) => Math.round(perSecond))
  return {
    concurrency,
    'calls/s': of('perSecond', 0),
    spread: `${Math.min(...rates)}–${Math.max(...rates)}`,
    'p50 ms': of('p50Ms', 2),
    'p99 ms': of('p99Ms', 2),
    'p999 ms': of('p999Ms', 2),
    'CPU µs/call, 5 nodes': of('cpuMicros', 0),
    'load CPU µs/call': of('loadCpuMicros', 0),
  }
}

/** Ours over theirs, of the runs that followed each other. */
function compared(ours: readonly Figures[], theirs: readonly Figures[]) {
  return CONCURRENCIES.map((concurrency) => {
    const of = (figure: keyof Figures) =>
      Number(
        median(
          ours.flatMap((each, at) => {
            const other = theirs[at]
            return each.concurrency === concurrency && other !== undefined
              ? [each[figure] / other[figure]]
              : []
          }),
        ).toFixed(2),
      )
    return {
      concurrency,
      'calls/s, ours : theirs': of('perSecond'),
      p50: of('p50Ms'),
      p99: of('p99Ms'),
      'CPU/call': of('cpuMicros'),
    }
  })
}

function memoryOf(systems: readonly System[]) {
  const rows = systems.map((system) => {
    const mebibytes = residentBytesOf(system.pids()).map((bytes) => Math.round(bytes / 2 ** 20))
    return { system: system.name, 'MiB per node': mebibytes.join(' ') }
  })
  console.table(rows)
  return rows
}

async function failovers(timers: Timers, { failovers: times, versus }: BenchOptions) {
  const all = new Map<string, number[]>()
  await withSystems(timers, versus, async (systems) => {
    for (const { name } of systems) all.set(name, [])
    for (let time = 0; time < times; time++) {
      for (const system of systems) all.get(system.name)?.push(await failover(system))
    }
  })
  const { heartbeatMs, electionMinMs, electionMaxMs } = timers
  console.log(
    `kill -9 of the leader to the first acknowledged write; heartbeat ${heartbeatMs} ms, election timeout ${electionMinMs}–${electionMaxMs} ms`,
  )
  const rows = [...all].map(([system, ms]) => ({
    system,
    'median ms': median(ms),
    ms: ms.join(' '),
  }))
  console.table(rows)
  return rows
}
