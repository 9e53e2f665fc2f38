import type { Findings } from '../../../bench/findings.ts'
import { spreadOf } from '../../../bench/summary.ts'
import type { ScaleRow } from './scale.ts'

const COSTS = [
  { key: 'CPU µs of a delete', of: ({ deletes }: ScaleRow) => deletes.cpuMicros, digits: 0 },
  { key: 'p50 ms', of: ({ deletes }: ScaleRow) => deletes.p50Ms, digits: 2 },
  { key: 'p99 ms', of: ({ deletes }: ScaleRow) => deletes.p99Ms, digits: 1 },
  { key: 'CPU µs, 1 at a time', of: ({ alone }: ScaleRow) => alone.cpuMicros, digits: 0 },
  { key: 'p50 ms, 1 at a time', of: ({ alone }: ScaleRow) => alone.p50Ms, digits: 2 },
] as const

const TIMES = [
  { key: 'restart ms', of: ({ restartMs }: ScaleRow) => restartMs, digits: 0 },
  { key: 'checkpoint ms', of: ({ filled }: ScaleRow) => filled.checkpointMs, digits: 0 },
  { key: 'longest stop for it ms', of: ({ filled }: ScaleRow) => filled.stoppedMs, digits: 1 },
  { key: 'page of the list ms', of: ({ listMs }: ScaleRow) => listMs, digits: 1 },
] as const

const SIZES = [
  {
    key: 'checkpoint MiB',
    of: ({ filled }: ScaleRow) => filled.checkpointBytes / 2 ** 20,
    digits: 1,
  },
  { key: 'memory of a participant MiB', of: ({ mebibytes }: ScaleRow) => mebibytes, digits: 0 },
] as const

/** A delete may cost this much more at the largest size than at the smallest. */
const FLAT = 1.25

/** Tables, curves and whether they are flat. */
export function reportScale(findings: Findings, rows: readonly ScaleRow[]): void {
  const shown = [...COSTS, ...TIMES, ...SIZES]
  for (const row of rows) {
    for (const { key, of } of shown) findings.figure(`scale.${row.pictures}.${key}`, of(row))
  }
  findings.table({
    id: 'scale',
    title: 'cost by pictures held; deletes 32 at a time, CPU of four processes',
    columns: [
      { title: 'pictures held' },
      ...shown.map(({ key, digits }) => ({ title: key, digits })),
    ],
    rows: rows.map((row) => [row.pictures, ...shown.map(({ of }) => of(row))]),
  })
  const x = {
    title: 'pictures held by each participant',
    scale: 'log',
    ticks: rows.map(({ pictures }) => pictures),
  } as const
  const line = (name: string, of: (row: ScaleRow) => number) => ({
    name,
    points: rows.map((row) => ({ x: row.pictures, y: of(row) })),
  })
  findings.plot({
    ...{ id: 'scale-cpu', title: 'CPU of a delete by two-phase commit, four processes', x },
    y: { title: 'µs', scale: 'linear' },
    series: [
      line('32 at a time', ({ deletes }) => deletes.cpuMicros),
      line('1 at a time', ({ alone }) => alone.cpuMicros),
    ],
  })
  findings.plot({
    ...{ id: 'scale-time', title: 'Restart and checkpoint of a participant', x },
    y: { title: 'ms', scale: 'log' },
    series: TIMES.map(({ key, of }) => line(key.replace(' ms', ''), of)),
  })
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined || first === last) return
  for (const { key, of } of [COSTS[0], COSTS[3]]) {
    findings.goal(`goals.scale.${key}`, {
      what: `${key} at ${last.pictures} pictures, of that at ${first.pictures}`,
      ratio: spreadOf([of(last) / of(first)], 3),
      target: FLAT,
      atMost: true,
    })
  }
}
