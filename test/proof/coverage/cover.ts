import type { Group, Row } from './row.ts'
import type { Title } from './scan.ts'

/** A row with the tests that were found for it. */
export interface Covered {
  readonly row: Row
  readonly tests: readonly Found[]
  /** Pieces of titles that it names and no title has. */
  readonly vanished: readonly string[]
}

type Found = Pick<Title, 'file' | 'title'>

export interface CoveredGroup {
  readonly group: Group
  readonly rows: readonly Covered[]
}

/** Finds the tests of every row, by id or by what the row says. */
export function cover(groups: readonly Group[], titles: readonly Title[]): CoveredGroup[] {
  return groups.map((group) => ({
    group,
    rows: group.rows.map((row) => {
      const tests = unique(titles.flatMap(foundBy(row)))
      const has = (piece: string) => tests.some(({ title }) => title.includes(piece))
      return { row, tests, vanished: row.find.filter((piece) => !has(piece)) }
    }),
  }))
}

/** A title that names the row as written, or else with what … stands for. */
function foundBy(row: Row): (title: Title) => Found[] {
  const names = finder(row)
  return ({ file, title, variants }) => {
    const name = names(title) ? title : variants.find(names)
    return name === undefined ? [] : [{ file, title: name }]
  }
}

function finder({ id, find }: Row): (title: string) => boolean {
  if (find.length > 0) return (title) => find.some((piece) => title.includes(piece))
  const pattern = new RegExp(`(?<!\\w)${id}(?!\\w)`)
  return (title) => pattern.test(withRanges(title))
}

const RANGE = /\b([A-Z])(\d+)[–-]\1(\d+)\b/g

/** "R1–R3" names R2 as well. */
function withRanges(title: string): string {
  const inside = [...title.matchAll(RANGE)].flatMap(([, letter, from, to]) => {
    const [first, last] = [Number(from), Number(to)]
    const count = Math.max(0, Math.min(last - first, 100))
    return Array.from({ length: count }, (_, i) => `${letter}${first + i}`)
  })
  return `${title} ${inside.join(' ')}`
}

function unique(titles: readonly Found[]): Found[] {
  const seen = new Map(titles.map((each) => [`${each.file}\n${each.title}`, each]))
  return [...seen.values()].sort((a, b) => compare(a.file, b.file) || compare(a.title, b.title))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Rows that have neither a test nor a reason, or name a test that is not there. */
export function missing(covered: readonly CoveredGroup[]): string[] {
  return covered.flatMap(({ group, rows }) =>
    rows.flatMap(({ row, tests, vanished }) => {
      const name = `${group.id} ${row.id}`
      if (vanished.length > 0) return vanished.map((piece) => `${name}: no title has "${piece}"`)
      return tests.length === 0 && row.reason === null ? [name] : []
    }),
  )
}

export function counts(covered: readonly CoveredGroup[]) {
  const rows = covered.flatMap((group) => group.rows)
  const tested = rows.filter(({ tests }) => tests.length > 0).length
  const reasons = rows.filter(({ row, tests }) => tests.length === 0 && row.reason !== null).length
  return { rows: rows.length, tested, reasons, missing: rows.length - tested - reasons }
}
