import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

const BUILD = join(import.meta.dirname, '../..')

interface Ended {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly errors: string
}

/** Runs a long command; `onLine` hears each of its lines, and may send it signals. */
async function run(
  command: string,
  args: readonly string[],
  onLine: (line: string, signal: (name: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> {
  const main = join(BUILD, `test/proof/${command}.js`)
  return ended(spawn(process.execPath, ['--enable-source-maps', main, ...args]), onLine)
}

async function ended(
  child: ChildProcessWithoutNullStreams,
  onLine: (line: string, signal: (name: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const lines: string[] = []
  let errors = ''
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString()
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    onLine(line, (name) => child.kill(name))
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, lines, errors }
}

function figuresOf({ lines }: Ended): Record<string, unknown> {
  return JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>
}

/** Takes a while to end in order. */
const SLOW = `
import { longRun } from ${JSON.stringify(pathToFileURL(join(BUILD, 'test/proof/long-run.js')).href)}
import { setTimeout as sleep } from 'node:timers/promises'
await longRun('slow', async (command) => {
  while (!command.over()) await sleep(10)
  await sleep(400)
  command.count({ ended: 1 })
})
`

test('Ctrl-C of a terminal, which npm sends again, is one', async () => {
  const args = ['--input-type=module', '-e', SLOW, '--', '--minutes', '1']
  const slow = await ended(spawn(process.execPath, args), (line, signal) => {
    if (!line.startsWith('slow: seed ')) return
    signal('SIGINT')
    setTimeout(() => signal('SIGINT'), 100)
  })
  assert.equal(figuresOf(slow)['ended'], 1, slow.errors)
  assert.equal(slow.code, 130)
})

for (const half of ['raft', '2pc']) {
  test(`simulate ${half}: the seed first, Ctrl-C ends it, with the figures last`, async () => {
    const ended = await run(
      'simulate',
      ['--seed', '7', '--minutes', '60', '--only', half],
      (line, signal) => {
        if (!line.includes('seed 7')) return
        setTimeout(() => signal('SIGINT'), 1_000)
      },
    )
    assert.match(ended.lines[0] ?? '', /^simulate: seed 7, 60 min$/)
    const figures = figuresOf(ended)
    assert.deepEqual(
      [figures['run'], figures['seed'], figures['failed'], figures['interrupted']],
      ['simulate', 7, false, true],
    )
    assert(Number(figures[`${half}.clusters`]) >= 1, JSON.stringify(figures))
    assert.equal(ended.code, 130, ended.errors)
  })
}

test('repro all that had no time for all of them fails, and says which it tried', async () => {
  const ended = await run('repro', ['all', '--minutes', '0.02'])
  assert.equal(ended.code, 1)
  const { failed, mutations, killed, ids } = figuresOf(ended)
  assert(failed === true && Number(mutations) > Number(killed))
  assert(Array.isArray(ids) && ids.length === Number(killed) && ids.length > 0)
  for (const { id, killedBy, seconds } of ids) {
    assert(typeof id === 'string' && typeof killedBy === 'string' && typeof seconds === 'number')
  }
  assert.match(ended.lines.join('\n'), /only \d+ of \d+ were tried/)
})

test('repro --list: an id and a story a line', async () => {
  const { code, lines } = await run('repro', ['--list'])
  assert.equal(code, 0)
  assert(lines.length >= 20)
  for (const line of lines) assert.match(line, /^[A-Z]\d+-\S+ {2,}\S.*\.$/)
})

test('options and words that make no sense are told, and nothing is run', async () => {
  for (const args of [['--minutes', 'x'], ['--seed', '1.5'], ['--nonsense']]) {
    const { code, lines, errors } = await run('simulate', args)
    assert.deepEqual([code, lines], [2, []])
    assert.match(errors, /^simulate: .+\n$/)
  }
  const torture = await run('torture', ['both'])
  assert.equal(torture.code, 1)
  assert.match(torture.lines.join('\n'), /say which: raft or 2pc/)
  assert.equal(figuresOf(torture)['failed'], true)
})
