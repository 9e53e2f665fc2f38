import { type Spread, spreadOf } from '../../bench/summary.ts'
import type { Context } from './context.ts'
import { Level, measureSeries, type Series } from './series.ts'
import { reportSeries } from './series-report.ts'
import type { System } from './system.ts'

/** Tracks under way on streams, and calls under way where there are no streams. */
const STREAMED_AT = [64, 256, 1024, 4096]

/** Many tracks on a stream, each answered by itself; beside whoever has no such thing, by calls. */
export async function benchStreams(
  context: Context,
  systems: readonly System[],
  processes: number,
) {
  const series = await measureSeries(context, systems, {
    name: 'streams',
    to: 'leader',
    levels: STREAMED_AT.map((concurrency) => new Level(concurrency, processes)),
    operationOf: ({ client }) => (client === 'music-raft' ? 'streamed' : 'write'),
  })
  reportSeries(context.findings, series)
  const ratio = bestOverBest(series)
  if (ratio === null) return
  context.findings.goal('goals.streams', {
    what: "streamed writes a second, of etcd's best by calls",
    ...{ ratio, target: 5, atMost: false },
  })
}

/** Ours at its best over theirs at their best, of the same round each. */
export function bestOverBest({ systems, runs }: Series): Spread | null {
  const [ours, theirs] = systems
  if (ours === undefined || theirs === undefined) return null
  const best = (system: System, round: number) =>
    Math.max(
      ...(runs.get(system) ?? [])
        .filter((run) => run.round === round)
        .map(({ figures }) => figures.perSecond),
    )
  const rounds = new Set((runs.get(ours) ?? []).map(({ round }) => round))
  return spreadOf(
    [...rounds].map((round) => best(ours, round) / best(theirs, round)),
    2,
  )
}
