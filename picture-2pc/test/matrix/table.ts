import type { NodeName } from '../../protocol/messages.ts'
import { type Cell, type Run, runCell, type Variant } from './cell.ts'
import { faults, OUTAGE } from './faults.ts'
import { coordinator, type Moment, moments, watched } from './moments.ts'

/** Who suffers the fault. */
export const roles: readonly (readonly [victim: NodeName, title: string])[] = [
  [coordinator, 'the coordinator'],
  [watched, 'the participant n1'],
  ['n2', 'another participant, n2'],
]

/** Whoever holds its lock for longer than this, virtual milliseconds, is blocked. */
const BLOCKED = 100
/** Milliseconds between waits that are told as one. */
const ALIKE = 50

function variantsOf({ hasBytes }: Moment): readonly Variant[] {
  const operations = hasBytes
    ? (['delete', 'upload'] as const)
    : (['delete', 'upload', 'like'] as const)
  return (['none', 'all'] as const).flatMap((keeps) =>
    operations.map((operation) => ({ operation, keeps })),
  )
}

/** Runs of one moment and one victim, by fault; the first one that breaks a promise throws. */
export function runRow(moment: Moment, victim: NodeName): readonly (readonly Run[])[] {
  return faults.map((fault) => {
    const cell: Cell = { moment, victim, fault }
    return variantsOf(moment).map((variant) => runCell(cell, variant))
  })
}

/** `commit · n1 n2 2,512`: what became of it, who was blocked, for how many milliseconds. */
export function summary(runs: readonly Run[]): string {
  const told = runs.some(({ answer }) => answer === null) ? ' †' : ''
  const decisions = [...new Set(runs.map(({ decision }) => decision))].sort()
  const longest = new Map<NodeName, number>()
  for (const { locked } of runs) {
    for (const [name, time] of locked) {
      if (time > BLOCKED) longest.set(name, Math.max(time, longest.get(name) ?? 0))
    }
  }
  return [`${decisions.join(' or ')}${told}`, ...together(longest)].join(' · ')
}

/** Those that were blocked about as long as one another, the longest first. */
function together(times: ReadonlyMap<NodeName, number>): readonly string[] {
  const groups: { readonly names: NodeName[]; readonly most: number }[] = []
  for (const [name, time] of [...times].sort(([, a], [, b]) => b - a)) {
    const last = groups.at(-1)
    if (last !== undefined && last.most - time < ALIKE) last.names.push(name)
    else groups.push({ names: [name], most: time })
  }
  return groups.map(({ names, most }) => {
    return `${names.sort().join(' ')} ${Math.round(most).toLocaleString('en-US')}`
  })
}

export type Rows = ReadonlyMap<string, readonly (readonly Run[])[]>

export function rowKey(moment: Moment, victim: NodeName): string {
  return `${moment.id} ${victim}`
}

/** Every row, by `rowKey`. */
export function runMatrix(): Rows {
  const rows = new Map<string, readonly (readonly Run[])[]>()
  for (const moment of moments) {
    for (const [victim] of roles) rows.set(rowKey(moment, victim), runRow(moment, victim))
  }
  return rows
}

/** The whole matrix as a page. */
export function matrixPage(rows: Rows): string {
  const runs = [...rows.values()].flat(2)
  const cells = moments.length * roles.length * faults.length
  const held = runs.flatMap(({ locked }) => [...locked.values()])
  const waits = runs.map(({ answeredAfter }) => answeredAfter)
  const seconds = (ms: readonly number[]) => (Math.max(...ms) / 1000).toFixed(1)
  const head = `# Two-phase commit: every moment, every fault

Generated; \`npm test -- matrix\` fails when this page is not what the code does, and
\`UPDATE_MATRIX=1 npm test -- matrix\` writes it anew.

One transaction on which all three participants vote yes, in the simulation, with the shipped cores. At one
moment of it (rows; C: of the coordinator, P: of the participant n1) one process suffers one fault (columns):

- *crash*: it dies and starts again ${ms(OUTAGE)} later, without what was not on its disk;
- *pause*: it stops for ${ms(OUTAGE)};
- *cut in*, *cut out*: for ${ms(OUTAGE)} nothing reaches it, nothing leaves it;
- *duplicate*: from then on every message from and to it arrives twice, the second 1,000 ms later;
- *reorder*: from then on every other message from and to it takes 700 ms longer and is overtaken.

Vote and ack timeouts are 500 ms, a participant in doubt asks after 700 ms and then at most every 1,000 ms. A cell
is run for a delete, an upload and a like, each once so that a record being written at the crash is lost and once so
that it is kept: ${cells} cells, ${runs.length.toLocaleString('en-US')} runs. It says what became of the transaction, who held its lock for more than
${BLOCKED} ms, and for how many virtual milliseconds. "abort or commit": as the record that was being
written is lost or kept. "none": it was never begun. †: the client heard nothing, for its connection died with the
coordinator; everyone else was told the truth, after ${seconds(waits)} s at most.

In every run, AC1 to AC5 hold: all decide the same, nobody reverses, commit only if all voted yes, commit where
nothing failed, all decide once the fault is over. No lock is left (the longest was held for ${seconds(held)} s), no file
without a picture and no picture without its file; the picture is changed on all three participants or on none;
the HTTP answer is what happened. Mixed: 0. Locks left: 0.
`
  const tables = roles.map(([victim, title]) => table(rows, victim, title))
  return [head, ...tables].join('\n')
}

function table(rows: Rows, victim: NodeName, title: string): string {
  const lines = moments.map((moment) => {
    const cells = (rows.get(rowKey(moment, victim)) ?? []).map(summary)
    return `| ${[moment.id, moment.title, ...cells].join(' | ')} |`
  })
  return `## The fault strikes ${title}

| | moment | ${faults.join(' | ')} |
|---|---|${faults.map(() => '---').join('|')}|
${lines.join('\n')}
`
}

function ms(time: number): string {
  return `${time.toLocaleString('en-US')} ms`
}
