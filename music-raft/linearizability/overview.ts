import type { Operation } from './history.ts'
import { type Drawing, htmlText, sentence } from './words.ts'

const LANE = 14
const WIDTH = 1600
const LEFT = 70
const LABEL = 12

/** All operations as bars to scale; what is open is a short one, or it would hide the rest. */
export function overview<S, I, O>(drawing: Drawing<S, I, O>): string {
  const { operations, faults, verdict } = drawing
  const times = operations.flatMap(({ call, return: end }) => [call, end ?? call])
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  const last = times.reduce((most, time) => Math.max(most, time), first + 1)
  const x = (time: number) => {
    const within = Math.min(last, Math.max(first, time))
    return LEFT + ((within - first) / (last - first)) * (WIDTH - LEFT)
  }
  const clients = [...new Set(operations.map(({ client }) => client))]
  const top = LABEL * (Math.min(faults.length, MOST_ROWS) + 1)
  const height = top + clients.length * LANE
  const bands = faults.map(({ from, to, label }, place) =>
    band({ kind: 'fault', left: x(from), right: x(to), height, label, row: place % MOST_ROWS }),
  )
  if (verdict.kind === 'violation') {
    const { from, to } = verdict.window
    const label = 'no linearization'
    const row = Math.min(faults.length, MOST_ROWS)
    bands.push(band({ kind: 'window', left: x(from), right: x(to), height, label, row }))
  }
  const lanes = clients.map((client, lane) => {
    const y = top + lane * LANE
    const own = operations.filter((operation) => operation.client === client)
    const label = `<text x="0" y="${y + LANE - 4}">client ${htmlText(String(client))}</text>`
    return label + own.map((operation) => bar(drawing, operation, x, y)).join('')
  })
  return `<svg viewBox="0 0 ${WIDTH} ${height + LABEL}" role="img" aria-label="All operations">
${bands.join('\n')}
${lanes.join('\n')}
<text x="${LEFT}" y="${height + LABEL - 2}">${first.toFixed(0)} ms</text>
<text x="${WIDTH}" y="${height + LABEL - 2}" text-anchor="end">${last.toFixed(0)} ms</text>
</svg>`
}

/** Labels of bands that overlap stand below each other, as far as there is room. */
const MOST_ROWS = 8

interface Band {
  readonly kind: 'fault' | 'window'
  readonly left: number
  readonly right: number
  readonly height: number
  readonly label: string
  readonly row: number
}

function band({ kind, left, right, height, label, row }: Band): string {
  const width = Math.max(1.5, right - left)
  const text = htmlText(label)
  return `<rect class="${kind}" x="${left.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="${height}"><title>${text}</title></rect><text class="${kind}" x="${(left + 2).toFixed(1)}" y="${(row + 1) * LABEL - 2}">${text}</text>`
}

function bar<S, I, O>(
  { words, verdict }: Drawing<S, I, O>,
  operation: Operation<I, O>,
  x: (time: number) => number,
  y: number,
): string {
  const { call, return: end, refused } = operation
  const blocked = verdict.kind === 'violation' && verdict.window.blocked === operation
  const kind = blocked ? 'blocked' : refused === true ? 'refused' : end === null ? 'open' : 'bar'
  const width = end === null ? 3 : Math.max(1, x(end) - x(call) - 0.3)
  const title = htmlText(sentence(words, operation))
  return `<rect class="${kind}" x="${x(call).toFixed(1)}" y="${y + 1}" width="${width.toFixed(1)}" height="${LANE - 3}"><title>${title}</title></rect>`
}
