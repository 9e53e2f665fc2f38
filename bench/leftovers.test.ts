import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { eventually } from '../test/child.ts'

const SCRIPT = `
  const { spawn } = await import('node:child_process')
  const { temporaryFolder, watchProcess } = await import(process.argv[1])
  const child = watchProcess(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']))
  console.log(JSON.stringify({ folder: temporaryFolder('leftovers-'), pid: child.pid }))
  if (process.argv[2] === 'throws') throw new Error('on purpose')
  if (process.argv[2] === 'returns') process.exit(0)
  setInterval(() => {}, 1000)
`

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

for (const [how, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 130],
  ['throws', 1],
  ['returns', 0],
] as const) {
  test(`a bench that ends (${how}) leaves no process and no folder behind`, async () => {
    const module = join(import.meta.dirname, 'leftovers.js')
    const args = ['--input-type=module', '-e', SCRIPT, module, how]
    const bench = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const gone = once(bench, 'exit')
    const [line] = await once(createInterface({ input: bench.stdout }), 'line')
    const { folder, pid } = JSON.parse(String(line)) as { folder: string; pid: number }
    if (how === 'SIGINT' || how === 'SIGTERM') {
      assert(existsSync(folder) && isAlive(pid))
      bench.kill(how)
    }
    assert.equal((await gone)[0], code)
    await eventually('the process is gone', () => !isAlive(pid))
    assert(!existsSync(folder), folder)
  })
}
