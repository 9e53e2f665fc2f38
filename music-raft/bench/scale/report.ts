import type { Findings } from '../../../bench/findings.ts'
import type { Series } from '../../../bench/plot.ts'
import { spreadOf } from '../../../bench/summary.ts'
import type { ScaleRow } from './scale.ts'

const COSTS = [
  ['streamed add CPU µs, on the way there', ({ fill }: ScaleRow) => fill.cpuMicros, 0],
  ['add CPU µs', ({ add }: ScaleRow) => add.cpuMicros, 0],
  ['vote CPU µs', ({ vote }: ScaleRow) => vote.cpuMicros, 0],
  ['read CPU µs', ({ read }: ScaleRow) => read.cpuMicros, 0],
  ['add p50 ms', ({ add }: ScaleRow) => add.p50Ms, 2],
  ['vote p50 ms', ({ vote }: ScaleRow) => vote.p50Ms, 2],
  ['read p50 ms', ({ read }: ScaleRow) => read.p50Ms, 2],
  ['vote p99 ms', ({ vote }: ScaleRow) => vote.p99Ms, 1],
  ['vote p50 ms, 1 at a time', ({ voteAlone }: ScaleRow) => voteAlone.p50Ms, 2],
] as const

const TIMES = [
  ['snapshot taken', ({ restarts }: ScaleRow) => restarts.snapshot.writeMs],
  ['snapshot read', ({ restarts }: ScaleRow) => restarts.snapshot.restoreMs],
  ['restart', ({ restarts }: ScaleRow) => restarts.asItStood.ms],
  ['restart, all in a snapshot', ({ restarts }: ScaleRow) => restarts.fromSnapshot.ms],
  ['restart, empty disk', ({ restarts }: ScaleRow) => restarts.emptyDisk.ms],
] as const

/** Tables, curves and whether they are flat. */
export function reportScale(findings: Findings, rows: readonly ScaleRow[]): void {
  for (const row of rows) {
    const { asItStood, fromSnapshot, emptyDisk } = row.restarts
    findings.figure(`scale.${row.tracks}.restart CPU ms`, asItStood.cpuMs)
    findings.figure(`scale.${row.tracks}.restart, all in a snapshot CPU ms`, fromSnapshot.cpuMs)
    findings.figure(`scale.${row.tracks}.restart, empty disk CPU ms`, emptyDisk.cpuMs)
    for (const [name, of] of [...COSTS, ...TIMES]) {
      findings.figure(`scale.${row.tracks}.${name}`, of(row))
    }
    findings.figure(`scale.${row.tracks}.mebibytes`, row.mebibytes.median)
  }
  findings.table({
    id: 'scale-cost',
    title: 'cost of a call to the leader, 64 at a time; CPU of five nodes',
    columns: [{ title: 'tracks queued' }, ...COSTS.map(([title, , digits]) => ({ title, digits }))],
    rows: rows.map((row) => [row.tracks, ...COSTS.map(([, of]) => of(row))]),
  })
  findings.table({
    id: 'scale-time',
    title: 'snapshots, restarts of a follower until it has caught up (ms), and memory of a node',
    columns: [
      { title: 'tracks queued' },
      { title: 'snapshot MiB', digits: 1 },
      ...TIMES.map(([title]) => ({ title: `${title} ms` })),
      { title: 'CPU of the last ms' },
      { title: 'longest stop for a piece ms', digits: 1 },
      { title: 'memory of a node MiB', spread: true },
    ],
    rows: rows.map((row) => [
      row.tracks,
      row.restarts.snapshot.bytes / 2 ** 20,
      ...TIMES.map(([, of]) => of(row)),
      row.restarts.emptyDisk.cpuMs,
      row.restarts.snapshot.longestMs,
      row.mebibytes,
    ]),
  })
  plots(findings, rows)
  flatness(findings, rows)
}

function plots(findings: Findings, rows: readonly ScaleRow[]): void {
  const ticks = rows.map(({ tracks }) => tracks)
  const x = { title: 'tracks queued', scale: 'log', ticks } as const
  const line = (name: string, of: (row: ScaleRow) => number): Series => ({
    name,
    points: rows.map((row) => ({ x: row.tracks, y: of(row) })),
  })
  findings.plot({
    ...{ id: 'scale-cpu', title: 'CPU of five nodes a call, 64 at a time', x },
    y: { title: 'µs', scale: 'linear' },
    series: [
      line('add', ({ add }) => add.cpuMicros),
      line('streamed add, snapshots included', ({ fill }) => fill.cpuMicros),
      line('vote', ({ vote }) => vote.cpuMicros),
      line('read', ({ read }) => read.cpuMicros),
    ],
  })
  findings.plot({
    ...{ id: 'scale-latency', title: 'Latency of a call (p50)', x },
    y: { title: 'ms', scale: 'linear' },
    series: [
      line('add, 64 at a time', ({ add }) => add.p50Ms),
      line('vote, 64 at a time', ({ vote }) => vote.p50Ms),
      line('vote, 1 at a time', ({ voteAlone }) => voteAlone.p50Ms),
    ],
  })
  findings.plot({
    ...{ id: 'scale-time', title: 'Snapshots and restarts', x },
    y: { title: 'ms', scale: 'log' },
    series: TIMES.map(([name, of]) => line(name, of)),
  })
  findings.plot({
    ...{ id: 'scale-memory', title: 'Resident memory of a node', x },
    y: { title: 'MiB', scale: 'linear' },
    series: [
      {
        name: 'median of five, least and most',
        points: rows.map(({ tracks, mebibytes: { median: y, min, max } }) => ({
          ...{ x: tracks, y, min, max },
        })),
      },
    ],
  })
}

/** The last size beside the first: what grows with the queue would show. */
function flatness(findings: Findings, rows: readonly ScaleRow[]): void {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined || first === last) return
  for (const [name, of] of COSTS.slice(0, 4)) {
    findings.goal(`goals.scale.${name.replaceAll(' ', '-')}`, {
      what: `${name} at ${last.tracks} tracks, of that at ${first.tracks}`,
      ratio: spreadOf([of(last) / of(first)], 3),
      target: 1.25,
      atMost: true,
    })
  }
}
