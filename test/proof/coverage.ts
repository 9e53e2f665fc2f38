import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { counts, cover, missing } from './coverage/cover.ts'
import { pageOf } from './coverage/page.ts'
import { groups } from './coverage/rows.ts'
import { titlesUnder } from './coverage/scan.ts'

// Writes docs/COVERAGE.md; with --check it only compares. Runs on the build: the sources are two up.
const root = join(import.meta.dirname, '../../..')
const path = join(root, 'docs/COVERAGE.md')

const covered = cover(groups, titlesUnder(root))
const page = pageOf(covered)
const without = missing(covered)

if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== page) fail('docs/COVERAGE.md is out of date: npm run coverage')
} else {
  writeFileSync(path, page)
  const { rows, tested, reasons } = counts(covered)
  console.log(
    `docs/COVERAGE.md: ${rows} rows, ${tested} with tests, ${reasons} with a reason instead`,
  )
}
if (without.length > 0)
  fail(`no test and no reason, or a test that is not there:\n  ${without.join('\n  ')}`)

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
