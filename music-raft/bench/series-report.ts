import type { Findings } from '../../bench/findings.ts'
import type { Plot } from '../../bench/plot.ts'
import type { Cell, Column } from '../../bench/result.ts'
import { type Level, ratioAt, type Series, spreadAt, titleOf } from './series.ts'

const FIGURES = ['perSecond', 'p50Ms', 'p99Ms', 'p999Ms', 'cpuMicros', 'loadCpuMicros'] as const
const RATIOS = ['perSecond', 'p50Ms', 'p99Ms', 'cpuMicros'] as const

const COLUMNS: readonly Column[] = [
  { title: 'at a time' },
  { title: 'system' },
  { title: 'calls/s', spread: true },
  { title: 'p50 ms', digits: 2 },
  { title: 'p99 ms', digits: 1, spread: true },
  { title: 'p99.9 ms', digits: 1 },
  { title: 'CPU µs a call, five nodes', spread: true },
  { title: 'load generator' },
]

/** Its table and figures, and where there are two systems the ratios and plots. */
export function reportSeries(findings: Findings, series: Series): void {
  const { name, to, levels, systems } = series
  const id = `${name}-${to}`
  const title = titleOf(series)
  findings.table({
    ...{ id, title: `${title} (median, least–most of the rounds)`, columns: COLUMNS },
    rows: levels.flatMap((level) =>
      systems.map((system): Cell[] => [
        String(level),
        system.name,
        ...FIGURES.map((figure) => spreadAt(series, system, level, figure)),
      ]),
    ),
  })
  for (const level of levels) {
    for (const system of systems) {
      for (const figure of FIGURES) {
        const { median } = spreadAt(series, system, level, figure)
        findings.figure(`${name}.${to}.${level.key}.${system.name}.${figure}`, median)
      }
    }
  }
  if (systems.length < 2) return
  reportRatios(findings, series, id, title)
  for (const plot of plots(series, id, title)) findings.plot(plot)
}

function reportRatios(findings: Findings, series: Series, id: string, title: string): void {
  const { name, to, levels, systems } = series
  findings.table({
    id: `${id}-ratios`,
    title: `${title}: ${systems.map(({ name }) => name).join(' over ')}`,
    columns: [
      { title: 'at a time' },
      { title: 'calls/s', digits: 2, spread: true },
      { title: 'p50', digits: 2, spread: true },
      { title: 'p99', digits: 2, spread: true },
      { title: 'CPU a call', digits: 2, spread: true },
    ],
    rows: levels.map((level) => [
      String(level),
      ...RATIOS.map((figure) => ratioAt(series, level, figure)),
    ]),
  })
  for (const level of levels) {
    for (const figure of RATIOS) {
      const ratio = ratioAt(series, level, figure)
      if (ratio === null) continue
      findings.figure(`${name}.${to}.${level.key}.ratio.${figure}`, ratio.median)
    }
  }
}

function plots(series: Series, id: string, title: string): readonly Plot[] {
  const levels = series.levels.filter(({ processes }) => processes === 1)
  const ticks = levels.map(({ concurrency }) => concurrency)
  const x = { title: 'calls under way', scale: 'log', ticks } as const
  const lines = (figure: 'perSecond' | 'p50Ms' | 'p99Ms' | 'cpuMicros', name = '') =>
    series.systems.map((system) => ({
      name: `${system.name}${name}`,
      points: levels.map((level) => point(series, system, level, figure)),
    }))
  return [
    {
      id: `${id}-throughput`,
      title: `Throughput, ${title}`,
      x,
      y: { title: 'calls a second', scale: 'linear' },
      series: lines('perSecond'),
    },
    {
      id: `${id}-cpu`,
      title: `CPU of five nodes, ${title}`,
      x,
      y: { title: 'µs of CPU a call', scale: 'log' },
      series: lines('cpuMicros'),
    },
    {
      id: `${id}-latency`,
      title: `Latency, ${title}`,
      x,
      y: { title: 'ms', scale: 'log' },
      series: [...lines('p50Ms', ' p50'), ...lines('p99Ms', ' p99')],
    },
  ]
}

function point(
  series: Series,
  system: Series['systems'][number],
  level: Level,
  figure: 'perSecond' | 'p50Ms' | 'p99Ms' | 'cpuMicros',
) {
  const { median, min, max } = spreadAt(series, system, level, figure)
  return { x: level.concurrency, y: median, min, max }
}
