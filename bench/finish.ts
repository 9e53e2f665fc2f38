import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Result } from './result.ts'
import { goalTable, lined } from './table.ts'

/**
 * The end of every bench: its goals for people, what went wrong, the file of `--out`, and as the last
 * line everything as one JSON object. The exit code is 1 when something went wrong.
 */
export function finish(result: Result, out: string): void {
  if (result.goals.length > 0) console.log(`\n${lined(goalTable(result.goals))}`)
  for (const problem of result.problems) console.error(`\nnot clean: ${problem}`)
  if (out !== '') {
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, `${JSON.stringify(result, null, 1)}\n`)
  }
  console.log(JSON.stringify(result))
  if (result.problems.length > 0) process.exitCode = 1
}
