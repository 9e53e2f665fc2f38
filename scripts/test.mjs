// Runs the compiled tests under .test-build: all of them, or those whose path contains one of the
// given words (`npm test -- record-log`). Fails when nothing matches.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const build = join(root, '.test-build')
const words = process.argv.slice(2)
const tests = readdirSync(build, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.test.js'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
  .sort()
if (tests.length === 0) {
  console.error(`no test matches ${words.join(' ')}`)
  process.exit(1)
}
const { status } = spawnSync(
  process.execPath,
  // Most tests wait for processes and timers: more files at a time than cores.
  ['--enable-source-maps', '--test', '--test-concurrency=3', '--test-reporter=spec', ...tests],
  { cwd: root, stdio: 'inherit' },
)
process.exit(status ?? 1)
