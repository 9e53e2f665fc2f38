import type { Cell, Column, Goal, Table } from './result.ts'
import { isMet } from './result.ts'

const NOTHING = '–'

/** One number as every table shows it: 12,345 or 0.52. */
export function number(value: number, digits: number): string {
  if (!Number.isFinite(value)) return NOTHING
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits }
  return value.toLocaleString('en-US', options)
}

export function cell(value: Cell, { digits = 0, spread = false }: Column): string {
  if (value === null) return NOTHING
  if (typeof value === 'string') return value
  if (typeof value === 'number') return number(value, digits)
  const middle = number(value.median, digits)
  if (!spread || middle === NOTHING) return middle
  return `${middle} (${number(value.min, digits)}–${number(value.max, digits)})`
}

/** The table as Markdown; numbers to the right. */
export function markdown({ id, columns, rows }: Table): string {
  const wrong = rows.find((row) => row.length !== columns.length)
  if (wrong !== undefined) throw new Error(`${id}: ${wrong.length} cells of ${columns.length}`)
  const isText = (at: number) => rows.some((row) => typeof row[at] === 'string')
  return [
    columns.map(({ title }) => title),
    columns.map((_, at) => (isText(at) ? '---' : '--:')),
    ...rows.map((row) => columns.map((column, at) => cell(row[at] ?? null, column))),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** The same for a terminal. */
export function lined({ title, columns, rows }: Table): string {
  const lines = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column, at) => cell(row[at] ?? null, column))),
  ]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  const text = lines.map((line) => line.map((word, at) => word.padStart(widths[at] ?? 0)))
  return [title, ...text.map((line) => `  ${line.join('  ')}`)].join('\n')
}

/** The goals as a table: what was to be reached, and whether it was. */
export function goalTable(goals: readonly Goal[]): Table {
  return {
    id: 'goals',
    title: 'Goals',
    columns: [
      { title: 'goal' },
      { title: 'wanted' },
      { title: 'measured', digits: 2, spread: true },
      { title: 'met' },
    ],
    rows: goals.map((goal) => [
      goal.what,
      `${goal.atMost ? '≤' : '≥'} ${goal.target}`,
      goal.ratio,
      isMet(goal) ? 'yes' : 'no',
    ]),
  }
}
