import type { Operation } from './history.ts'
import { type Drawing, htmlText, sentence } from './words.ts'

const COLUMN = 44
const ROW = 26
const GAP = 6
/** Of each client, so that one sees where it came from and went on. */
const SHOWN_BEFORE = 2
const SHOWN_AFTER = 1
/** Where there is no window: operations before the end of the longest order. */
const SHOWN_WITHOUT_WINDOW = 60

interface Bar<I, O> {
  readonly operation: Operation<I, O>
  readonly number: number
  readonly from: number
  readonly to: number
  row: number
}

/** The surroundings of the window: a lane for each client, a column for each call and return. */
export function zoom<S, I, O>(drawing: Drawing<S, I, O>): string {
  const shown = [...surroundings(drawing)].sort((a, b) => a.call - b.call)
  const events = shown.flatMap((operation) => [
    { operation, time: operation.call, isReturn: 0 },
    ...(operation.return === null ? [] : [{ operation, time: operation.return, isReturn: 1 }]),
  ])
  events.sort((a, b) => a.time - b.time || a.isReturn - b.isReturn)
  const times = events.map(({ time }) => time)
  const bars = shown.map((operation, place): Bar<I, O> => {
    const at = (isReturn: number) =>
      events.findIndex((event) => event.operation === operation && event.isReturn === isReturn)
    const to = operation.return === null ? events.length : at(1)
    return { operation, number: place + 1, from: at(0), to, row: 0 }
  })
  const clients = [...new Set(shown.map(({ client }) => client))].sort(byName)
  let top = 24
  const lanes = clients.map((client) => {
    const own = bars.filter(({ operation }) => operation.client === client)
    const height = stack(own) * ROW + GAP
    top += height
    const drawn = own.map((bar) => barText(drawing, bar, top - height))
    const place = `top:${top - height}px;height:${height - GAP}px`
    return `<div class="lane" style="${place}"><b>client ${htmlText(String(client))}</b></div>${drawn.join('')}`
  })
  const width = (events.length + 1) * COLUMN
  const bands = drawing.faults.flatMap(({ from, to, label }) =>
    band('fault', times, from, to, top, label),
  )
  const { verdict } = drawing
  const window =
    verdict.kind === 'violation'
      ? band('window', times, verdict.window.from, verdict.window.to, top, 'no linearization')
      : []
  const ticks = times.flatMap((time, column) =>
    column % 3 === 0 ? `<i style="left:${x(column)}px">${time.toFixed(1)}</i>` : [],
  )
  return `<div class="scroll"><div class="zoom" style="width:${width + x(0)}px;height:${top}px">
${bands.join('\n')}${window.join('')}${ticks.join('')}
${lanes.join('\n')}
</div></div>
<table><tr><th>#<th>Client<th>Operation${shown
    .map(
      (operation, place) =>
        `<tr><td>${place + 1}<td>${htmlText(String(operation.client))}<td>${htmlText(sentence(drawing.words, operation))}`,
    )
    .join('\n')}</table>`
}

/** Labels of the lanes stand left of the first column. */
function x(column: number): number {
  return 90 + column * COLUMN
}

function surroundings<S, I, O>({ operations, verdict }: Drawing<S, I, O>): Set<Operation<I, O>> {
  if (verdict.kind !== 'violation') {
    const order = verdict.kind === 'ok' ? verdict.linearization : verdict.longestPrefix
    return new Set(order.slice(-SHOWN_WITHOUT_WINDOW))
  }
  const { window } = verdict
  const shown = new Set(window.operations)
  for (const client of new Set(operations.map((operation) => operation.client))) {
    const own = operations.filter((operation) => operation.client === client)
    const before = own.filter(({ return: end }) => end !== null && end < window.from)
    const after = own.filter(({ call }) => call > window.to)
    for (const one of before.slice(-SHOWN_BEFORE)) shown.add(one)
    for (const one of after.slice(0, SHOWN_AFTER)) shown.add(one)
  }
  return shown
}

/** Puts what overlaps into rows of their own; returns how many. */
function stack<I, O>(bars: readonly Bar<I, O>[]): number {
  const ends: number[] = []
  for (const bar of bars) {
    const free = ends.findIndex((end) => end <= bar.from)
    bar.row = free === -1 ? ends.length : free
    ends[bar.row] = bar.to
  }
  return Math.max(1, ends.length)
}

function barText<S, I, O>(
  { words, verdict }: Drawing<S, I, O>,
  { operation, number, from, to, row }: Bar<I, O>,
  top: number,
): string {
  const kinds = ['bar']
  if (operation.return === null) kinds.push('open')
  if (operation.refused === true) kinds.push('refused')
  if (verdict.kind === 'violation') {
    if (verdict.window.operations.includes(operation)) kinds.push('within')
    if (verdict.window.blocked === operation) kinds.push('blocked')
  }
  const text = htmlText(sentence(words, operation))
  const left = x(from)
  const place = `left:${left}px;width:${Math.max(COLUMN, x(to) - left) - 3}px;top:${top + row * ROW}px`
  return `<span class="${kinds.join(' ')}" style="${place}" title="${text}">${number} ${text}</span>`
}

function band(
  kind: string,
  times: readonly number[],
  from: number,
  to: number,
  height: number,
  label: string,
): string[] {
  const first = times.findIndex((time) => time >= from)
  const last = times.findLastIndex((time) => time <= to)
  if (first === -1 || last === -1 || first > last + 1) return []
  const left = x(first)
  const width = Math.max(COLUMN / 2, x(last) - left)
  const place = `left:${left}px;width:${width}px;height:${height}px`
  return [`<div class="${kind}" style="${place}"><span>${htmlText(label)}</span></div>`]
}

function byName(a: number | string, b: number | string): number {
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}
