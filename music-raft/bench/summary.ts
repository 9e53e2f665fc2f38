import type { Findings } from '../../bench/findings.ts'
import type { Cell } from '../../bench/result.ts'
import { number } from '../../bench/table.ts'

/** What is worth a line of its own: words, unit, and the figure's name with the system left open. */
const LINES: readonly (readonly [what: string, unit: string, digits: number, figure: string])[] = [
  ['writes to the leader, 1 at a time', '/s', 0, 'writes.leader.1.*.perSecond'],
  ['— p50', 'ms', 2, 'writes.leader.1.*.p50Ms'],
  ['— CPU of five nodes', 'µs', 0, 'writes.leader.1.*.cpuMicros'],
  ['writes to the leader, 64 at a time', '/s', 0, 'writes.leader.64.*.perSecond'],
  ['— p99', 'ms', 1, 'writes.leader.64.*.p99Ms'],
  ['— CPU of five nodes', 'µs', 0, 'writes.leader.64.*.cpuMicros'],
  ['writes to the leader, 256 at a time', '/s', 0, 'writes.leader.256.*.perSecond'],
  ['— p99', 'ms', 1, 'writes.leader.256.*.p99Ms'],
  ['— CPU of five nodes', 'µs', 0, 'writes.leader.256.*.cpuMicros'],
  ['writes to all nodes in turn, 256 at a time', '/s', 0, 'writes.all.256.*.perSecond'],
  ['— CPU of five nodes', 'µs', 0, 'writes.all.256.*.cpuMicros'],
  ['streamed (etcd: by calls), 1024 under way', '/s', 0, 'streams.leader.1024.*.perSecond'],
  ['— CPU of five nodes', 'µs', 0, 'streams.leader.1024.*.cpuMicros'],
  ['linearizable reads, leader, 256 at a time', '/s', 0, 'reads.leader.256.*.perSecond'],
  ['linearizable reads, spread, 256 at a time', '/s', 0, 'reads.all.256.*.perSecond'],
  ['failover at equal timers', 'ms', 0, 'failover.equal.*.ms'],
  ['memory of a node after the same writes', 'MiB', 0, 'memory.1.*.mebibytes'],
]

/** The short table, of what both systems were measured at; nothing where they were not. */
export function reportSummary(findings: Findings, ours: string, theirs: string): void {
  const rows = LINES.flatMap(([what, unit, digits, figure]): Cell[][] => {
    const of = (system: string) => findings.valueOf(figure.replace('*', system))
    const [mine, other] = [of(ours), of(theirs)]
    if (mine === undefined || other === undefined) return []
    const shown = (value: number) => `${number(value, digits)} ${unit}`.replace(' /s', '/s')
    return [[what, shown(mine), shown(other), mine / other]]
  })
  if (rows.length === 0) return
  findings.table({
    id: 'summary',
    title: `${ours} beside ${theirs}`,
    columns: [
      { title: 'what' },
      { title: ours },
      { title: theirs },
      { title: 'ratio of the medians', digits: 2 },
    ],
    rows,
  })
}
