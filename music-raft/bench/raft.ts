import { Findings } from '../../bench/findings.ts'
import { finish } from '../../bench/finish.ts'
import { machine } from '../../bench/machine.ts'
import type { Context } from './context.ts'
import { ETCD_TIMERS, Etcd, etcdVersion, INSTALL_ETCD } from './etcd/etcd.ts'
import { benchFailover, EQUAL_TIMERS } from './failovers.ts'
import { benchLimits } from './limits/limits.ts'
import { LoadPool } from './load/pool.ts'
import { benchMemory } from './memory.ts'
import { MusicRaft, SHIPPED_TIMERS } from './music-raft.ts'
import type { BenchOptions, Part } from './options.ts'
import { benchScale } from './scale/scale.ts'
import { benchStreams } from './streams.ts'
import { reportSummary } from './summary.ts'
import type { System, Timers } from './system.ts'
import { benchReads, benchWrites } from './writes-and-reads.ts'

/** `npm run bench -- raft`. */
export async function benchRaft(options: BenchOptions): Promise<void> {
  const { node, cores, cpu, memoryGiB, commit } = machine()
  console.log(`Node ${node}, ${cores} cores (${cpu}), ${memoryGiB} GiB, commit ${commit}`)
  console.log('five nodes as shipped, logging to files; a closed loop of calls; everything in turn')
  if (options.versus && etcdVersion() === null) throw new Error(INSTALL_ETCD)
  const findings = new Findings()
  const pool = new LoadPool()
  const { seconds, rounds, quick } = options
  try {
    await benchParts({ pool, findings, seconds, rounds, quick }, options)
    if (options.versus) reportSummary(findings, 'music-raft', 'etcd')
  } finally {
    await pool.stop()
  }
  finish(findings.result('raft', { ...options }), options.out)
}

async function benchParts(context: Context, options: BenchOptions): Promise<void> {
  const { parts, versus, loadProcesses, quick } = options
  const wants = (...some: readonly Part[]) => some.some((part) => parts.includes(part))
  const { findings } = context
  if (wants('writes', 'streams', 'reads', 'limits')) {
    const both = versus && wants('writes', 'streams', 'reads')
    await withSystems(findings, SHIPPED_TIMERS, both, async (ours, systems) => {
      if (wants('writes')) await benchWrites(context, systems, loadProcesses)
      if (wants('streams')) await benchStreams(context, systems, loadProcesses)
      if (wants('reads')) await benchReads(context, systems, loadProcesses)
      if (wants('limits')) await benchLimits(context, ours)
    })
  }
  if (wants('failover')) {
    await withSystems(findings, EQUAL_TIMERS, versus, (_, systems) =>
      benchFailover(context, systems, EQUAL_TIMERS, options.failovers),
    )
    const times = Math.ceil(options.failovers / 3)
    await withSystems(findings, SHIPPED_TIMERS, false, (_, systems) =>
      benchFailover(context, systems, SHIPPED_TIMERS, quick ? 1 : times),
    )
  }
  if (wants('memory')) {
    await withSystems(findings, SHIPPED_TIMERS, versus, (_, systems) =>
      benchMemory(context, systems, options.writes),
    )
  }
  if (wants('scale')) {
    await withSystems(findings, SHIPPED_TIMERS, false, (ours) =>
      benchScale(context, ours, options.tracks),
    )
  }
}

/** New clusters, ours first. */
async function withSystems(
  findings: Findings,
  timers: Timers,
  versus: boolean,
  bench: (ours: MusicRaft, systems: readonly System[]) => Promise<void>,
): Promise<void> {
  const etcdTimers = timers === SHIPPED_TIMERS ? ETCD_TIMERS : timers
  const [ours, ...others] = await Promise.all([
    MusicRaft.start(timers),
    ...(versus ? [Etcd.start(etcdTimers)] : []),
  ])
  const systems = [ours, ...others]
  try {
    for (const { name, version } of systems) findings.version(name, version)
    await bench(ours, systems)
  } finally {
    await Promise.all(systems.map((system) => system.stop()))
  }
}
