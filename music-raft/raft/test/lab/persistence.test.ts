import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ids } from '../build.ts'
import { churn } from './churn.ts'
import { ELECTION_MS, type Lab, lab } from './lab.ts'
import { FOUL, LONG_REORDERING } from './network.ts'

/** After this one, in a circle. */
function after(world: Lab, id: number, steps: number): number {
  return ((id - 1 + steps) % world.servers.length) + 1
}

describe('MIT 6.5840 3C persistence', () => {
  test('TestPersist13C the log outlives restarts of all, of the leader, of a follower (O9)', () => {
    lab({ servers: 3 }, (world) => {
      world.one(3)
      for (const id of ids(3)) world.crash(id)
      for (const id of ids(3)) world.restart(id)
      world.one(3)

      world.restart(world.checkOneLeader())
      world.one(3)

      const second = world.checkOneLeader()
      world.crash(second)
      world.one(2)
      world.restart(second)
      world.until('it caught up', () => world.server(second).applied.length === world.committed)

      const third = after(world, world.checkOneLeader(), 1)
      world.crash(third)
      world.one(2)
      world.restart(third)
      world.one(3)
      for (const { commands } of world.servers) assert.equal(commands.length, 6)
    })
  })

  test('TestPersist23C five rounds of crashes around the circle (O9)', () => {
    lab({ servers: 5 }, (world) => {
      for (let round = 0; round < 5; round += 1) {
        world.one(5, { retry: true })
        const leader = world.checkOneLeader()
        const [a, b, c, d] = [1, 2, 3, 4].map((steps) => after(world, leader, steps))
        assert(a !== undefined && b !== undefined && c !== undefined && d !== undefined)
        world.crash(a)
        world.crash(b)
        world.one(3, { retry: true })
        world.crash(leader)
        world.crash(c)
        world.crash(d)

        world.restart(a)
        world.restart(b)
        world.sleep(ELECTION_MS)
        world.restart(c)
        world.one(3, { retry: true })
        world.restart(d)
        world.restart(leader)
      }
      world.one(5, { retry: true })
    })
  })

  test('TestPersist33C leader and a follower cut off crash; the leader comes back alone', () => {
    lab({ servers: 3 }, (world) => {
      world.one(3)
      const leader = world.checkOneLeader()
      const [one, two] = [after(world, leader, 1), after(world, leader, 2)]
      world.disconnect(two)
      world.one(2)
      world.crash(leader)
      world.crash(one)
      world.connect(two)
      world.restart(leader)
      world.one(2, { retry: true })
      world.restart(one)
      world.one(3, { retry: true })
    })
  })

  test('TestFigure83C a thousand rounds of leaders that crash in Figure 8: nothing is lost (R1)', () => {
    // One entry a message: else the no-op of a new leader always arrives with what it inherited.
    lab({ servers: 5, options: { maxMessageEntries: 1 } }, (world) => {
      world.one(1, { retry: true })
      world.network.weather = { ...FOUL, loseRequest: 0.3 }
      const kept = figure8(world, 1000)
      assert(kept > 8, `only ${kept} entries were committed on the way`)
    })
  })

  test('TestUnreliableAgree3C on a network that loses and delays everything commits', () => {
    lab({ servers: 5, unreliable: true }, (world) => {
      const committed: number[] = []
      for (let i = 1; i < 25; i += 1) {
        for (let j = 0; j < 4; j += 1) world.spawn(agree(world, committed))
        world.one(1, { retry: true })
      }
      world.join()
      assert.equal(committed.length, 96)
      world.one(5, { retry: true })
    })
  })

  test('TestFigure8Unreliable3C Figure 8 on such a network, from round 200 with long reordering', () => {
    lab({ servers: 5, unreliable: true, seeds: 2 }, (world) => {
      world.one(1, { retry: true })
      let connected = 5
      for (let round = 0; round < 1000; round += 1) {
        if (round === 200) world.network.weather = { ...FOUL, reorder: LONG_REORDERING }
        let leader: number | null = null
        for (const { id } of world.servers) {
          if (world.start(id, world.text()) === null) continue
          if (world.network.isConnected(id)) leader = id
        }
        world.sleep(world.random() < 0.1 ? world.below(ELECTION_MS / 2) : world.below(13))
        if (leader !== null && world.random() < 0.5) {
          world.disconnect(leader)
          connected -= 1
        }
        if (connected >= 3) continue
        const back = 1 + world.below(5)
        if (world.network.isConnected(back)) continue
        world.connect(back)
        connected += 1
      }
      for (const id of ids(5)) world.connect(id)
      world.one(5, { retry: true })
    })
  })

  test('TestReliableChurn3C servers come and go, each acknowledged value is in the final log', () => {
    lab({ servers: 5 }, (world) => churn(world))
  })

  test('TestUnreliableChurn3C the same on a network that loses and delays', () => {
    lab({ servers: 5, unreliable: true }, (world) => churn(world))
  })
})

/** Proposes everywhere, crashes whoever leads, and keeps a majority able to run. */
function figure8(world: Lab, rounds: number): number {
  const before = world.committed
  for (let round = 0; round < rounds; round += 1) {
    let leader: number | null = null
    for (const { id } of world.alive) if (world.start(id, world.text()) !== null) leader = id
    world.sleep(world.random() < 0.1 ? world.below(ELECTION_MS / 2) : world.below(13))
    if (leader !== null && world.random() < 0.1) world.crash(leader)
    if (world.alive.length >= 3) continue
    const back = 1 + world.below(5)
    if (!world.server(back).alive) world.restart(back)
  }
  for (const { id, alive } of world.servers) if (!alive) world.restart(id)
  world.one(5, { retry: true })
  return world.committed - before
}

/** One of many that propose at once: asks until its command is committed. */
function* agree(world: Lab, committed: number[]): Generator<number, void, void> {
  const text = world.text()
  for (;;) {
    const id = 1 + world.below(5)
    const place = world.start(id, text)
    if (place !== null) {
      for (let waited = 0; waited < 2000; waited += 20) {
        yield 20
        if (world.at(place.index) === null) continue
        if (world.at(place.index) !== text) break
        committed.push(place.index)
        return
      }
    }
    yield 20
  }
}
