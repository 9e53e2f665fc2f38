import { interleaved, type Run } from '../../bench/rounds.ts'
import { ratiosAt, type Spread, spreadOf } from '../../bench/summary.ts'
import type { Context } from './context.ts'
import { failover } from './failover.ts'
import { SHIPPED_TIMERS } from './music-raft.ts'
import type { System, Timers } from './system.ts'

/** Equal for both: etcd's shortest election timeout is five heartbeats. */
export const EQUAL_TIMERS: Timers = { heartbeatMs: 100, electionMinMs: 500, electionMaxMs: 1000 }

/** Leaders are killed in turn, so many times each. */
export async function benchFailover(
  { findings }: Context,
  systems: readonly System[],
  timers: Timers,
  times: number,
) {
  const shipped = timers === SHIPPED_TIMERS
  const [level, kind] = shipped ? ['shipped timers', 'shipped'] : ['equal timers', 'equal']
  const runs = await interleaved({
    ...{ systems, levels: [level], rounds: times, label: 'kill -9 of the leader' },
    nameOf: ({ name }) => name,
    run: async (system) => Math.round(await failover(system)),
  })
  const { heartbeatMs, electionMinMs, electionMaxMs } = timers
  findings.table({
    id: `failover-${kind}`,
    title: `kill -9 of the leader to the first write acknowledged through another node; heartbeat ${heartbeatMs} ms, election timeout ${electionMinMs}–${electionMaxMs} ms`,
    columns: [{ title: 'system' }, { title: 'ms', spread: true }, { title: 'each' }],
    rows: [...runs].map(([{ name }, all]) => {
      const ms = all.map(({ figures }) => figures)
      findings.figure(`failover.${kind}.${name}.ms`, spreadOf(ms, 0).median)
      return [name, spreadOf(ms, 0), [...ms].sort((a, b) => a - b).join(' ')]
    }),
  })
  const [ours, theirs] = systems
  if (ours === undefined || theirs === undefined) return
  const ratio = ratioOf(level, runs.get(ours) ?? [], runs.get(theirs) ?? [])
  findings.goal('goals.failover', {
    ...{ what: `failover at equal timers, of etcd's (medians of ${times})`, ratio, target: 1 },
    atMost: true,
  })
}

/** Elections are drawn by lot: the ratio of the medians, not the median of the ratios. */
function ratioOf(
  level: string,
  ours: readonly Run<string, number>[],
  theirs: readonly Run<string, number>[],
): Spread {
  const middle = (runs: readonly Run<string, number>[]) =>
    spreadOf(
      runs.map(({ figures }) => figures),
      0,
    ).median
  const pairs = ratiosAt(level, ours, theirs, (ms) => ms)
  return { ...spreadOf(pairs, 3), median: Number((middle(ours) / middle(theirs)).toFixed(3)) }
}
