import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Child } from '../test/child.ts'
import { clusters } from './clusters.ts'

const RUNNER = 'scripts/test/runner.js'

test('lines are whole and carry names; SIGTERM and SIGINT stop all, exit 0', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const runner = new Child('runner', RUNNER, {})
    runner.start()
    await Promise.all([
      runner.line(/^one {4}\| one says hello$/),
      runner.line(/^second \| second says hello$/),
    ])
    assert.deepEqual(await runner.end(signal), { code: 0, signal: null })
    assert.ok(runner.lines.includes('one    | one stops'))
    assert.ok(runner.lines.includes('second | second stops'))
  }
})

test('one ends by itself: it is named, the others are stopped, exit 1', async (context) => {
  for (const EXIT_WITH of ['3', '0']) {
    const READY_FOLDER = await mkdtemp(join(tmpdir(), 'npm-start-'))
    context.after(() => rm(READY_FOLDER, { recursive: true }))
    const SECOND = JSON.stringify({ EXIT_WITH, WAIT_FOR: 'one' })
    const runner = new Child('runner', RUNNER, { READY_FOLDER, SECOND })
    runner.start()
    assert.deepEqual(await runner.exit, { code: 1, signal: null })
    assert.ok(
      runner.lines.some((line) => line.includes(`second ended by itself with ${EXIT_WITH}`)),
    )
    assert.ok(runner.lines.includes('one    | one stops'))
  }
})

test('an unknown cluster is refused with what there is', async () => {
  const program = join(import.meta.dirname, 'start.js')
  const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
    execFile(process.execPath, [program, 'nonsense'], (error, _stdout, stderr) =>
      resolve({ code: error?.code, text: stderr }),
    )
  })
  assert.equal(code, 2)
  assert.match(text, /usage: npm start \[-- 2pc/)
})

test('no two processes share a port, a name or a data directory', () => {
  const members = Object.values(clusters('/data')).flat()
  const ports = members.flatMap((member) => Object.values(member.ports))
  assert.equal(new Set(ports).size, ports.length)
  for (const values of [
    members.map(({ name }) => name),
    members.map(({ env }) => env['NODE_NAME'] ?? env['NODE_ID']),
    members.map(({ env }) => env['DATA_DIR']),
  ]) {
    assert.equal(new Set(values).size, members.length)
    assert.ok(!values.includes(undefined))
  }
})
