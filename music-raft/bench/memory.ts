import { privateBytesOf, residentBytesOf } from '../../bench/processes.ts'
import { type Spread, spreadOf } from '../../bench/summary.ts'
import { type Context, counted } from './context.ts'
import type { Operation } from './load/client.ts'
import type { System } from './system.ts'

const CONCURRENCY = 64

/** What is done, one after the other, before each look at the memory. */
const STEPS: readonly { readonly after: string; readonly operation: Operation | null }[] = [
  { after: 'the start', operation: null },
  { after: 'so many writes', operation: 'write' },
  { after: 'as many more', operation: 'write' },
  { after: 'as many changes of what is there', operation: 'overwrite' },
  { after: 'as many changes again', operation: 'overwrite' },
]

interface Row {
  readonly after: string
  readonly system: System
  readonly resident: Spread
  readonly leader: number
  /** Without the program's code, which all processes of a machine share, and mapped files. */
  readonly own: Spread
}

/** Resident memory of each node of new clusters after the same work. */
export async function benchMemory(context: Context, systems: readonly System[], writes: number) {
  const rows: Row[] = []
  for (const [at, { after, operation }] of STEPS.entries()) {
    for (const system of systems) {
      if (operation !== null) {
        const load = { operation, targets: [await system.settled()], concurrency: CONCURRENCY }
        await counted(context, `memory, ${system.name}, ${operation}s`, system, load, writes)
      }
      const leads = await system.settled()
      const resident = residentMebibytes(system)
      const leader = mebibytes(residentBytesOf(system.pids()))[leads] ?? Number.NaN
      const own = spreadOf(mebibytes(privateBytesOf(system.pids())), 0)
      rows.push({ after, system, resident, leader, own })
      context.findings.figure(`memory.${at}.${system.name}.mebibytes`, resident.median)
    }
  }
  const { findings } = context
  findings.table({
    id: 'memory',
    title: `resident memory of a node (median, least–most of the five); so many: ${writes}`,
    columns: [
      { title: 'after' },
      { title: 'system' },
      { title: 'MiB', spread: true },
      { title: 'the leader' },
      { title: 'of it heaps and stacks', spread: true },
    ],
    rows: rows.map(({ after, system, resident, leader, own }) => [
      ...[after, system.name, resident, leader, own],
    ]),
  })
  const [ours, theirs] = systems
  if (ours === undefined) return
  const of = (system: System, at: number) => {
    const row = rows.find((each) => each.after === STEPS[at]?.after && each.system === system)
    return row?.resident.median ?? Number.NaN
  }
  const ratio = (value: number): Spread => spreadOf([value], 3)
  findings.goal('goals.memory.flat', {
    what: 'memory of a node after changes without growth, of that before them',
    ratio: ratio(of(ours, 4) / of(ours, 3)),
    target: 1.1,
    atMost: true,
  })
  if (theirs === undefined) return
  findings.goal('goals.memory.etcd', {
    what: `memory of a node after ${writes} writes, of etcd's`,
    ratio: ratio(of(ours, 1) / of(theirs, 1)),
    target: 1,
    atMost: true,
  })
}

export function residentMebibytes(system: Pick<System, 'pids'>): Spread {
  return spreadOf(mebibytes(residentBytesOf(system.pids())), 0)
}

function mebibytes(bytes: readonly number[]): readonly number[] {
  return bytes.map((each) => each / 2 ** 20)
}
