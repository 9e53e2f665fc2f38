import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { drawn } from './drawn.ts'
import { TROUBLES } from './plan.ts'
import { runSeed } from './run-seed.ts'
import { again, story } from './simulate.ts'

const FIXED = 140
/** Fresh ones are run until the fixed and they have taken this much CPU, in seconds. */
const BUDGET = 40
const LEAST_FRESH = 10

const given = process.env['SEED']

/** Where a known bug was put in: the words in which it must be seen. Else every failure is one. */
const { MUTATION_SEES } = process.env

function isWanted(failure: string): boolean {
  return MUTATION_SEES === undefined || new RegExp(MUTATION_SEES).test(failure)
}

/** Times that this must at least have happened in the fixed seeds: a calm run proves nothing. */
const worthwhile: Readonly<Record<string, number>> = {
  ...{ entries: 10_000, acknowledged: 15_000, unknown: 400, elections: 600, crashes: 800 },
  ...{ 'crashes at a step': 50, 'snapshots taken': 2_000, 'snapshots installed': 150 },
  ...{ 'logs cut': 30, 'changes made': 250, transfers: 150, 'disks recovered': 150 },
  ...{ lost: 8_000, duplicated: 8_000, delayed: 4_000, repeats: 500, 'rot found': 8 },
  ...{ streamed: 2_000, 'batches repeated': 200 },
  ...{
    histories: 120,
    'states compared': 20_000,
    ...Object.fromEntries(TROUBLES.map((trouble) => [trouble, 20])),
  },
}

test('O1 R1 R2 R4 R5 R10 R11 R16 R17 R24 S5 S6 S8 S11 S16 L1 L3 L5 clusters by seed: safe while all goes wrong, live once it is repaired', async (context) => {
  const totals = new Map<string, number>()
  let minutes = 0
  const run = async (seed: number) => {
    const { world, failure } = await runSeed(seed)
    const draws = MUTATION_SEES === undefined
    if (failure !== null && isWanted(failure)) assert.fail(await story(seed, { draws }))
    minutes += world.scheduler.now / 60_000
    for (const [what, times] of world.counts) totals.set(what, (totals.get(what) ?? 0) + times)
  }
  if (given !== undefined) {
    context.diagnostic(again(Number(given)))
    await run(Number(given))
    return
  }
  for (let seed = 1; seed <= FIXED; seed += 1) await run(seed)
  for (const [what, least] of Object.entries(worthwhile)) {
    assert((totals.get(what) ?? 0) >= least, `${what}: only ${totals.get(what)} times`)
  }
  let fresh = 0
  for (; fresh < LEAST_FRESH || seconds() < BUDGET; fresh += 1) await run(randomInt(2 ** 31))
  const figures = { fixed: FIXED, fresh, minutes: Math.round(minutes), seconds: seconds() }
  context.diagnostic(JSON.stringify({ ...figures, ...Object.fromEntries(totals) }))
})

test('the same seed is the same run, to the last message', async () => {
  for (const seed of [5, 8, 21]) {
    const [one, two] = [await runSeed(seed, true), await runSeed(seed, true)]
    assert((one.world.lines?.length ?? 0) > 500, 'there is something to compare')
    assert.deepEqual(two.world.lines, one.world.lines)
  }
})

test('a history that no order explains is drawn, with what was broken when', async () => {
  const { world } = await runSeed(5)
  assert.equal(await drawn(world, []), null, 'there is nothing to show')
  const [client] = world.clients
  const at = client?.history.findLastIndex(({ input }) => input.rpc === 'GetQueue') ?? -1
  const read = client?.history[at]
  assert(client !== undefined && read !== undefined)
  client.history[at] = { ...read, output: { tracks: [], total: 99 } }
  const page = await drawn(world, ['a note'])
  assert(page !== null)
  const html = await readFile(page, 'utf8')
  await rm(dirname(page), { recursive: true })
  assert.match(html, /Simulation of Raft, seed 5/)
  assert.match(html, /Not linearizable/)
  assert(world.bands.length > 0)
  for (const { label } of world.bands) assert(html.includes(label), label)
})

function seconds(): number {
  const { user, system } = process.cpuUsage()
  return Math.round((user + system) / 1e6)
}
