import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { noFaults } from './faults.ts'
import { tortureRound } from './round.ts'
import { assertWorked, neverStruck } from './torture.ts'

test('S1 P1 P4 P5 D5 D6 processes, network and disks fail at random while clients work', async (t) => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
  console.log(`SEED=${seed}   again: SEED=${seed} npm test -- 2pc/test/torture`)
  const began = performance.now()
  let acknowledged = 0
  // On a busy machine it takes longer until enough has happened.
  const over = () => {
    const spent = performance.now() - began
    return spent >= 14_000 && (acknowledged >= 20 || spent >= 60_000)
  }
  const round = await tortureRound(seed, over, ({ outcome }) => {
    if (outcome === 'acknowledged') acknowledged += 1
  })
  const { attempts, ...figures } = round
  t.diagnostic(JSON.stringify({ ...figures, operations: attempts.length }))
  assertWorked(round)
  assert.ok(round.faults.cutOneWay + round.faults.isolate >= 1, 'the network was never cut')
})

test('a run in which a kind of fault never struck is told from one without small disks', () => {
  const struck = new Map(Object.keys(noFaults()).map((kind) => [kind, 3]))
  assert.deepEqual(neverStruck(struck.set('selfExits', 0), true), [])
  assert.deepEqual(neverStruck(struck.set('pause', 0), true), ['pause'])
  assert.deepEqual(neverStruck(struck.set('fullDisk', 0), true), ['pause', 'fullDisk'])
  assert.deepEqual(neverStruck(struck, false), ['pause'])
})
