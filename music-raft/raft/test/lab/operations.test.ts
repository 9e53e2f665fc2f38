import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ids } from '../build.ts'
import { type Lab, lab, TICK_MS } from './lab.ts'

const FIVE = { servers: 5, seeds: 3 }
/** Below it no election may begin; the least election timeout of the lab. */
const ELECTION_LEAST_MS = 300

/** How long each of so many writes takes to be committed, asked of the leader. */
function latencies(world: Lab, leader: number, writes: number): number[] {
  return ids(writes).map(() => {
    const began = world.now
    const place = world.start(leader, world.text())
    assert(place !== null, `n${leader} leads`)
    world.until('it is committed', () => world.at(place.index) !== null)
    return world.now - began
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

describe('one of five is ill', () => {
  for (const stall of [50, 200, 1000, 5000, 30_000]) {
    test(`L2 a disk of a follower that stands still for ${stall} ms: no election, no delay`, () => {
      lab(FIVE, (world) => {
        const leader = world.checkOneLeader()
        const term = world.checkTerms()
        const well = median(latencies(world, leader, 20))
        const ill = (leader % 5) + 1
        world.stalled.add(ill)
        for (const end = world.now + stall; world.now < end; world.sleep(50)) {
          assert(median(latencies(world, leader, 1)) <= well + TICK_MS)
        }
        world.stalled.delete(ill)
        world.until('it caught up', () => world.server(ill).applied.length === world.committed)
        assert.equal(world.checkTerms(), term)
      })
    })

    test(`L1 L2 a disk of the leader that stands still for ${stall} ms: another takes over, or none need`, () => {
      lab(FIVE, (world) => {
        const leader = world.checkOneLeader()
        const term = world.checkTerms()
        world.one(5, { retry: true })
        world.stalled.add(leader)
        world.start(leader, world.text())
        world.sleep(stall)
        const moved = world.alive.some(({ status }) => status.currentTerm > term)
        if (stall < ELECTION_LEAST_MS) assert(!moved, 'a short stall costs no election')
        if (stall >= 5000) {
          assert(moved, 'who cannot save does not go on leading')
          world.one(4, { retry: true })
        }
        world.stalled.delete(leader)
        world.one(5, { retry: true })
      })
    })
  }

  test('L3 a follower paused for 400 ms a hundred times: no election', () => {
    lab(FIVE, (world) => {
      const leader = world.checkOneLeader()
      const term = world.checkTerms()
      for (let i = 0; i < 100; i += 1) {
        const id = ((leader + world.below(4)) % 5) + 1
        world.paused.add(id)
        world.sleep(400)
        world.paused.delete(id)
        world.sleep(50)
      }
      assert.equal(world.checkTerms(), term)
      assert.equal(world.checkOneLeader(), leader)
    })
  })

  test('L17 a node that hears and answers two seconds late delays nobody', () => {
    lab(FIVE, (world) => {
      const leader = world.checkOneLeader()
      const well = median(latencies(world, leader, 50))
      world.network.slow.set((leader % 5) + 1, 2000 / TICK_MS)
      assert.equal(median(latencies(world, leader, 50)), well)
    })
  })
})
