import { type Context, counted } from './context.ts'
import { Level, measureSeries, ratioAt, type Series, type SeriesLoad, type To } from './series.ts'
import { reportSeries } from './series-report.ts'
import type { System } from './system.ts'

const WRITES_AT = [1, 16, 64, 256, 1024]
const READS_AT = [1, 16, 64, 256]
/** Also from two load processes here, where one might be the limit. */
const SHARED_AT = 256

/** Writes to the leader and to all nodes in turn, ours beside theirs. */
export async function benchWrites(context: Context, systems: readonly System[], processes: number) {
  for (const to of ['leader', 'all'] as const) {
    const levels = levelsOf(WRITES_AT, processes)
    const load: SeriesLoad = { name: 'writes', to, levels, operationOf: () => 'write' }
    const series = await measureSeries(context, systems, load)
    reportSeries(context.findings, series)
    if (to === 'leader') writeGoals(context, series)
  }
}

export async function benchReads(context: Context, systems: readonly System[], processes: number) {
  for (const system of systems) {
    const load = { operation: 'prepare', targets: [0], concurrency: 1 } as const
    await counted(context, `what is read, ${system.name}`, system, load, 1)
  }
  for (const to of ['leader', 'all'] as const) {
    const levels = levelsOf(READS_AT, processes)
    const load: SeriesLoad = { name: 'reads', to, levels, operationOf: () => 'read' }
    const series = await measureSeries(context, systems, load)
    reportSeries(context.findings, series)
    readGoals(context, series, to)
  }
}

/** One process where the command does not say otherwise, and one row with two. */
function levelsOf(concurrencies: readonly number[], processes: number): readonly Level[] {
  const all = concurrencies.map((concurrency) => new Level(concurrency, processes))
  return processes === 1 ? [...all, new Level(SHARED_AT, 2)] : all
}

/** The row with more load processes than the others says whether one of them is the limit. */
function compared({ levels }: Series): readonly Level[] {
  return levels.filter(({ processes }) => processes === levels[0]?.processes)
}

function writeGoals({ findings }: Context, series: Series): void {
  for (const level of compared(series)) {
    const cpu = ratioAt(series, level, 'cpuMicros')
    const rate = ratioAt(series, level, 'perSecond')
    const p50 = ratioAt(series, level, 'p50Ms')
    const p99 = ratioAt(series, level, 'p99Ms')
    if (cpu === null || rate === null || p50 === null || p99 === null) return
    const { concurrency } = level
    const at = `writes to the leader, ${level} at a time`
    const name = (figure: string) => `goals.writes.${level.key}.${figure}`
    findings.goal(name('cpu'), {
      ...{ what: `CPU of the cluster, of etcd's: ${at}`, ratio: cpu, target: 0.5, atMost: true },
    })
    if (concurrency >= 16) {
      findings.goal(name('throughput'), {
        ...{ what: `throughput, of etcd's: ${at}`, ratio: rate, target: 1.5, atMost: false },
      })
    }
    if (concurrency === 64 || concurrency === 256) {
      findings.goal(name('p99'), {
        ...{ what: `p99, of etcd's: ${at}`, ratio: p99, target: 0.5, atMost: true },
      })
    }
    if (concurrency === 1) {
      findings.goal(name('p50'), {
        ...{ what: `p50, of etcd's: ${at}`, ratio: p50, target: 0.6, atMost: true },
      })
    }
  }
}

function readGoals({ findings }: Context, series: Series, to: To): void {
  for (const level of compared(series).filter(({ concurrency }) => concurrency >= 64)) {
    const ratio = ratioAt(series, level, 'perSecond')
    if (ratio === null) return
    const where = to === 'leader' ? 'to the leader' : 'spread over the nodes'
    const what = `linearizable reads a second, of etcd's: ${where}, ${level} at a time`
    const target = to === 'leader' ? 1.5 : 2
    findings.goal(`goals.reads.${to}.${level.key}`, { what, ratio, target, atMost: false })
  }
}
