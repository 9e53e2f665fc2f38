import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ids } from '../build.ts'
import { ELECTION_MS, lab } from './lab.ts'

describe('MIT 6.5840 3A elections', () => {
  test('TestInitialElection3A one leader, and nothing changes while nothing fails', () => {
    lab({ servers: 3 }, (world) => {
      const leader = world.checkOneLeader()
      const term = world.checkTerms()
      assert(term >= 1)
      world.sleep(2 * ELECTION_MS)
      assert.equal(world.checkOneLeader(), leader, 'the same leader')
      assert.equal(world.checkTerms(), term, 'in the same term')
    })
  })

  test('TestReElection3A leaders come and go with the network, and none without a quorum', () => {
    lab({ servers: 3 }, (world) => {
      const first = world.checkOneLeader()
      world.disconnect(first)
      const second = world.checkOneLeader()
      assert.notEqual(second, first)

      world.connect(first)
      const third = world.checkOneLeader()
      assert.equal(world.server(first).status.role, 'follower', 'the old one rejoins')
      assert.equal(third, second, 'without unseating the new one')

      const other = ids(3).find((id) => id !== second && id !== first) ?? 0
      world.disconnect(second)
      world.disconnect(other)
      world.sleep(2 * ELECTION_MS)
      world.checkNoLeader()

      world.connect(other)
      world.checkOneLeader()
      world.connect(second)
      world.checkOneLeader()
    })
  })

  test('TestManyElections3A ten times three of seven are cut off', () => {
    lab({ servers: 7 }, (world) => {
      world.checkOneLeader()
      for (let round = 0; round < 10; round += 1) {
        const cut = new Set<number>()
        while (cut.size < 3) cut.add(1 + world.below(7))
        for (const id of cut) world.disconnect(id)
        world.checkOneLeader()
        for (const id of cut) world.connect(id)
      }
      world.checkOneLeader()
    })
  })
})
