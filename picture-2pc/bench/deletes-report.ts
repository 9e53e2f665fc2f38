import type { Findings } from '../../bench/findings.ts'
import type { Cell, Column } from '../../bench/result.ts'
import type { Run } from '../../bench/rounds.ts'
import { ratiosAt, type Spread, spreadOf } from '../../bench/summary.ts'
import type { Figures } from './loaders.ts'
import type { PictureSystem } from './system.ts'

type Runs = ReadonlyMap<PictureSystem, readonly Run<number, Figures>[]>

interface Shown {
  /** Names the figure in the result. */
  readonly key: string
  readonly column: Column & { readonly digits: number }
  of(figures: Figures): number
}

const SHOWN: readonly Shown[] = [
  {
    key: 'perSecond',
    column: { title: 'transactions/s', digits: 0, spread: true },
    of: ({ perSecond }) => perSecond,
  },
  { key: 'p50Ms', column: { title: 'p50 ms', digits: 2, spread: true }, of: ({ p50Ms }) => p50Ms },
  { key: 'p99Ms', column: { title: 'p99 ms', digits: 1, spread: true }, of: ({ p99Ms }) => p99Ms },
  {
    key: 'cpuMicros',
    column: { title: 'CPU µs each, servers', digits: 0, spread: true },
    of: ({ cpuMicros }) => cpuMicros,
  },
  {
    key: 'loadCpuMicros',
    column: { title: 'load', digits: 0 },
    of: ({ loadCpuMicros }) => loadCpuMicros,
  },
  { key: 'allCpuMicros', column: { title: 'all', digits: 0, spread: true }, of: allCpu },
  {
    key: 'loadBusy',
    column: { title: 'busiest load process, of a core', digits: 2 },
    of: ({ loadBusy }) => loadBusy,
  },
  {
    key: 'coordinatorForced',
    column: { title: 'forced writes each, coordinator', digits: 2 },
    of: ({ coordinatorForced }) => coordinatorForced,
  },
  {
    key: 'participantForced',
    column: { title: 'a participant', digits: 2 },
    of: ({ participantForced }) => participantForced,
  },
]
const COMPARED = ['perSecond', 'p50Ms', 'p99Ms', 'cpuMicros', 'allCpuMicros']

function allCpu({ cpuMicros, loadCpuMicros }: Figures): number {
  return cpuMicros + loadCpuMicros
}

/** The table and figures of every system; where there are two, ratios, goals and plots. */
export function reportDeletes(
  findings: Findings,
  systems: readonly PictureSystem[],
  concurrencies: readonly number[],
  runs: Runs,
): void {
  const rows: Cell[][] = []
  for (const concurrency of concurrencies) {
    for (const system of systems) {
      const spreads = SHOWN.map(({ column, of }) =>
        spreadAt(runs, system, concurrency, of, column.digits),
      )
      rows.push([String(concurrency), system.name, ...spreads.map(cellOf)])
      SHOWN.forEach(({ key }, at) => {
        const median = spreads[at]?.median ?? Number.NaN
        const name = `deletes.${concurrency}.${system.name}.${key}`
        if (!Number.isNaN(median)) findings.figure(name, median)
      })
    }
  }
  findings.table({
    id: 'deletes',
    title: 'deletes by two-phase commit on three participants (median, least–most of the rounds)',
    columns: [{ title: 'at a time' }, { title: 'system' }, ...SHOWN.map(({ column }) => column)],
    rows,
  })
  plots(findings, systems, concurrencies, runs)
  const [ours, theirs] = systems
  if (ours !== undefined && theirs !== undefined)
    compare(findings, ours, theirs, concurrencies, runs)
}

function compare(
  findings: Findings,
  ours: PictureSystem,
  theirs: PictureSystem,
  concurrencies: readonly number[],
  runs: Runs,
): void {
  const compared = SHOWN.filter(({ key }) => COMPARED.includes(key))
  const ratio = (concurrency: number, of: Shown['of']) =>
    spreadOf(ratiosAt(concurrency, runs.get(ours) ?? [], runs.get(theirs) ?? [], of), 3)
  findings.table({
    id: 'deletes-ratios',
    title: `deletes: ${ours.name} over ${theirs.name}, of runs of the same round`,
    columns: [
      { title: 'at a time' },
      ...compared.map(({ column }) => ({ title: column.title, digits: 2, spread: true })),
    ],
    rows: concurrencies.map((concurrency) => [
      String(concurrency),
      ...compared.map(({ of }) => ratio(concurrency, of)),
    ]),
  })
  for (const concurrency of concurrencies) {
    for (const { key, of } of compared) {
      findings.figure(`deletes.${concurrency}.ratio.${key}`, ratio(concurrency, of).median)
    }
  }
  goals(findings, concurrencies, ratio)
}

function goals(
  findings: Findings,
  concurrencies: readonly number[],
  ratio: (concurrency: number, of: Shown['of']) => Spread,
): void {
  for (const concurrency of concurrencies.filter((each) => each === 32 || each === 128)) {
    findings.goal(`goals.deletes.${concurrency}.perSecond`, {
      what: `deletes/s, ${concurrency} at a time, over PostgreSQL's`,
      ratio: ratio(concurrency, ({ perSecond }) => perSecond),
      target: 2,
      atMost: false,
    })
  }
  if (!concurrencies.includes(1)) return
  findings.goal('goals.deletes.1.p50Ms', {
    what: "p50 of a delete, 1 at a time, over PostgreSQL's",
    ratio: ratio(1, ({ p50Ms }) => p50Ms),
    target: 1,
    atMost: true,
  })
}

function plots(
  findings: Findings,
  systems: readonly PictureSystem[],
  concurrencies: readonly number[],
  runs: Runs,
): void {
  if (concurrencies.length < 2) return
  const x = { title: 'deletes under way', scale: 'log', ticks: concurrencies } as const
  const lines = (of: Shown['of'], digits: number, name = '') =>
    systems.map((system) => ({
      name: `${system.name}${name}`,
      points: concurrencies.map((concurrency) => {
        const { median, min, max } = spreadAt(runs, system, concurrency, of, digits)
        return { x: concurrency, y: median, min, max }
      }),
    }))
  findings.plot({
    ...{ id: 'deletes-throughput', title: 'Deletes by two-phase commit', x },
    y: { title: 'transactions a second', scale: 'linear' },
    series: lines(({ perSecond }) => perSecond, 0),
  })
  findings.plot({
    ...{ id: 'deletes-cpu', title: 'CPU of a delete, servers and load', x },
    y: { title: 'µs of CPU', scale: 'log' },
    series: lines(allCpu, 0),
  })
  findings.plot({
    ...{ id: 'deletes-latency', title: 'Latency of a delete', x },
    y: { title: 'ms', scale: 'log' },
    series: [...lines(({ p50Ms }) => p50Ms, 2, ' p50'), ...lines(({ p99Ms }) => p99Ms, 2, ' p99')],
  })
}

function spreadAt(
  runs: Runs,
  system: PictureSystem,
  concurrency: number,
  of: Shown['of'],
  digits: number,
): Spread {
  const those = (runs.get(system) ?? []).filter(({ level }) => level === concurrency)
  return spreadOf(
    those.map(({ figures }) => of(figures)),
    digits,
  )
}

/** What a system does not tell is left out. */
function cellOf(spread: Spread): Cell {
  return Number.isNaN(spread.median) ? null : spread
}
