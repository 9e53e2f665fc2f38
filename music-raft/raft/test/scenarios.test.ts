import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { rewrite } from './scenario.ts'

// The sources: the build holds no text files.
const folder = resolve(import.meta.dirname, '../../../../music-raft/raft/test/scenarios')

for (const name of readdirSync(folder).sort()) {
  test(`scenario ${name} (SCENARIO_REWRITE=1 rewrites it)`, () => {
    const path = join(folder, name)
    const text = readFileSync(path, 'utf8')
    const now = rewrite(text)
    if (process.env['SCENARIO_REWRITE'] === '1' && now !== text) writeFileSync(path, now)
    else assert.equal(now, text)
  })
}
