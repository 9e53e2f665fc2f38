import type { Covered, CoveredGroup } from './cover.ts'

const HEAD = `# Coverage

Generated; \`npm run check\` fails when this page is not what the sources say or a row has neither a test
nor a reason, and \`npm run coverage\` writes it anew.

Each row is something that a Raft, a two-phase commit or one of the two original systems must do, or once
got wrong elsewhere, under the name it has there: \`O\` defects of the originals, \`R\` \`S\` \`L\` \`T\` \`P\` bugs
of systems like ours, D1 and D2 the labs of MIT 6.5840, D3 and D4 the tests of etcd, D5 its failpoints, D6
the crash points of two-phase commit, D7 others. The tests are found by their titles. Titles with … are
computed; *mutation* rows put the bug into the code on purpose, and the tests must see it
([TESTING.md](TESTING.md)).
`

/** The page, one line a test, in an order that depends on nothing but the rows and the titles. */
export function pageOf(covered: readonly CoveredGroup[]): string {
  return `${[HEAD, ...covered.map(section)].join('\n')}`
}

function section({ group, rows }: CoveredGroup): string {
  const lines = rows.flatMap(linesOf)
  return `## ${group.id} · ${group.title}\n\n| row | | tests |\n|---|---|---|\n${lines.join('\n')}\n`
}

function linesOf({ row, tests }: Covered): string[] {
  const cells = tests.map(({ file, title }) => `[${cell(title)}](../${file})`)
  if (row.reason !== null) cells.unshift(cell(row.reason, true))
  if (cells.length === 0) cells.push('**missing**')
  return cells.map((test, at) => {
    return at === 0 ? `| ${cell(row.id)} | ${cell(row.what)} | ${test} |` : `| | | ${test} |`
  })
}

const LONGEST = 160

/** As text of a table's cell; our own remarks may hold links. */
function cell(text: string, links = false): string {
  const short = text.length > LONGEST && !links ? `${text.slice(0, LONGEST - 1).trimEnd()}…` : text
  const escaped = short.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*')
  return links ? escaped : escaped.replaceAll('[', '\\[').replaceAll(']', '\\]')
}
