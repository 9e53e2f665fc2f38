import type { Operation } from './history.ts'
import { type Drawing, htmlText, sentence } from './words.ts'

const COLUMN = 44
const ROW = 26
const GAP = 6
/** Room for the labels of bands. */
const FOOT = 34
/** Calls and returns before and after the window, so that one sees where clients came from. */
const BEFORE = 10
const AFTER = 10
/** Where there is no window: calls and returns before the end of the longest order. */
const WITHOUT_WINDOW = 80

interface Bar<I, O> {
  readonly operation: Operation<I, O>
  readonly number: number
  readonly from: number
  readonly to: number
  row: number
}

/** The surroundings of the window: a lane for each client, a column for each call and return. */
export function zoom<S, I, O>(drawing: Drawing<S, I, O>): string {
  const events = surroundings(drawing)
  const times = events.map(({ time }) => time)
  const bars = barsOf(drawing, events)
  const clients = [...new Set(bars.map(({ operation }) => operation.client))].sort(byName)
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
    band('fault', times, from, to, top + FOOT, label),
  )
  const { verdict } = drawing
  const window =
    verdict.kind === 'violation'
      ? band(
          'window',
          times,
          verdict.window.from,
          verdict.window.to,
          top + FOOT,
          'no linearization',
        )
      : []
  const ticks = times.flatMap((time, column) =>
    column % 3 === 0 ? `<i style="left:${x(column)}px">${time.toFixed(1)}</i>` : [],
  )
  const rows = bars.map(
    ({ operation, number }) =>
      `<tr><td>${number}<td>${htmlText(String(operation.client))}<td>${htmlText(sentence(drawing.words, operation))}`,
  )
  return `<div class="scroll"><div class="zoom" style="width:${width + x(0)}px;height:${top + FOOT}px">
${bands.join('\n')}${window.join('')}${ticks.join('')}
${lanes.join('\n')}
</div></div>
<table><tr><th>#<th>Client<th>Operation${rows.join('\n')}</table>`
}

interface Event<I, O> {
  readonly operation: Operation<I, O>
  readonly time: number
  readonly isReturn: boolean
}

/** The calls and returns of the window and some around it. */
function surroundings<S, I, O>({ operations, verdict }: Drawing<S, I, O>): Event<I, O>[] {
  const events = operations.flatMap((operation): Event<I, O>[] => {
    const { call, return: end } = operation
    const called = { operation, time: call, isReturn: false }
    return end === null ? [called] : [called, { operation, time: end, isReturn: true }]
  })
  events.sort((a, b) => a.time - b.time || Number(a.isReturn) - Number(b.isReturn))
  if (verdict.kind === 'violation') {
    const { from, to } = verdict.window
    const first = events.findIndex(({ time }) => time >= from)
    const last = events.findLastIndex(({ time }) => time <= to)
    return events.slice(Math.max(0, first - BEFORE), last + 1 + AFTER)
  }
  const order = verdict.kind === 'ok' ? verdict.linearization : verdict.longestPrefix
  const end = order.at(-1)?.call ?? 0
  const last = events.findLastIndex(({ time }) => time <= end) + 1 + AFTER
  return events.slice(Math.max(0, last - WITHOUT_WINDOW), last)
}

/** What is under way in these columns; what began before or ends after them is cut off there. */
function barsOf<S, I, O>(
  { operations }: Drawing<S, I, O>,
  events: readonly Event<I, O>[],
): readonly Bar<I, O>[] {
  const [first, last] = [events[0]?.time ?? 0, events.at(-1)?.time ?? 0]
  const at = (operation: Operation<I, O>, isReturn: boolean) =>
    events.findIndex((event) => event.operation === operation && event.isReturn === isReturn)
  const bars = operations.flatMap((operation) => {
    const [called, returned] = [at(operation, false), at(operation, true)]
    const end = operation.return ?? (operation.refused === true ? operation.call : last)
    const isThere = called !== -1 || returned !== -1 || (operation.call < first && end >= last)
    if (!isThere) return []
    return [
      { operation, from: Math.max(0, called), to: returned === -1 ? events.length : returned },
    ]
  })
  bars.sort((a, b) => a.operation.call - b.operation.call)
  return bars.map((bar, place) => ({ ...bar, number: place + 1, row: 0 }))
}

/** Labels of the lanes stand left of the first column. */
function x(column: number): number {
  return 90 + column * COLUMN
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
