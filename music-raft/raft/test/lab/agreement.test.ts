import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeId } from '../../messages.ts'
import { ids } from '../build.ts'
import { ELECTION_MS, type Lab, lab } from './lab.ts'

/** The ids after this one, in a circle: the lab names its victims so. */
function after(world: Lab, id: NodeId): NodeId[] {
  const size = world.servers.length
  return ids(size - 1).map((step) => ((id - 1 + step) % size) + 1)
}

function nth(list: readonly NodeId[], place: number): NodeId {
  const id = list[place]
  assert(id !== undefined)
  return id
}

/** Proposes to a server that must be leading. */
function proposed(world: Lab, id: NodeId, text = world.text()) {
  const place = world.start(id, text)
  assert(place !== null, `n${id} leads and takes ${text}`)
  return { ...place, text }
}

describe('MIT 6.5840 3B log', () => {
  test('TestBasicAgree3B three commands in three places, none before it was proposed', () => {
    lab({ servers: 3 }, (world) => {
      const leader = world.checkOneLeader()
      const noop = world.server(leader).status.lastIndex
      for (const nextPlace of [1, 2, 3]) {
        assert.equal(world.appliedBy(noop + nextPlace), 0, 'nothing before it was proposed')
        assert.equal(world.one(3), noop + nextPlace)
      }
      for (const server of world.servers) assert.deepEqual(server.commands.length, 3)
    })
  })

  test('TestRPCBytes3B each command crosses to each peer once', () => {
    lab({ servers: 3 }, (world) => {
      world.checkOneLeader()
      world.one(3)
      const before = world.network.bytes
      let sent = 0
      for (let i = 0; i < 10; i += 1) {
        const text = world.text(5000)
        world.one(3, { text })
        sent += text.length
      }
      const crossed = world.network.bytes - before
      assert(crossed >= 2 * sent, 'to both followers')
      assert(crossed <= 3 * sent + 50_000, `${crossed} bytes for ${sent}`)
    })
  })

  test('TestFollowerFailure3B one of three lost: progress; two lost: no commit', () => {
    lab({ servers: 3 }, (world) => {
      world.one(3)
      const first = world.checkOneLeader()
      world.disconnect(nth(after(world, first), 0))
      world.one(2)
      world.sleep(ELECTION_MS)
      world.one(2)

      const leader = world.checkOneLeader()
      for (const id of after(world, leader)) world.disconnect(id)
      const { index } = proposed(world, leader)
      world.sleep(2 * ELECTION_MS)
      assert.equal(world.appliedBy(index), 0, 'no majority, no commit')
    })
  })

  test('TestLeaderFailure3B the next leader commits; with the second lost nobody does', () => {
    lab({ servers: 3 }, (world) => {
      world.one(3)
      world.disconnect(world.checkOneLeader())
      world.one(2, { retry: true })
      world.sleep(ELECTION_MS)
      world.one(2, { retry: true })

      world.disconnect(world.checkOneLeader())
      const before = world.committed
      for (const { id } of world.servers) world.start(id, world.text())
      world.sleep(2 * ELECTION_MS)
      assert.equal(world.committed, before, 'no majority, no commit')
    })
  })

  test('TestFailAgree3B a follower that is back catches up and agrees', () => {
    lab({ servers: 3 }, (world) => {
      world.one(3)
      const away = nth(after(world, world.checkOneLeader()), 0)
      world.disconnect(away)
      world.one(2)
      world.one(2)
      world.sleep(ELECTION_MS)
      world.one(2)
      world.one(2)
      world.connect(away)
      world.one(3, { retry: true })
      world.sleep(ELECTION_MS)
      world.one(3, { retry: true })
    })
  })

  test('TestFailNoAgree3B three of five lost: not committed; healed, all agree (O1)', () => {
    lab({ servers: 5 }, (world) => {
      world.one(5)
      const leader = world.checkOneLeader()
      const cut = after(world, leader).slice(0, 3)
      for (const id of cut) world.disconnect(id)
      const { index } = proposed(world, leader)
      world.sleep(2 * ELECTION_MS)
      assert.equal(world.appliedBy(index), 0, 'two of five are no majority')

      for (const id of cut) world.connect(id)
      world.checkOneLeader()
      world.one(5, { retry: true })
    })
  })

  test('TestConcurrentStarts3B five commands at once in one term', () => {
    lab({ servers: 3 }, (world) => {
      const leader = world.checkOneLeader()
      const places = ids(5).map(() => proposed(world, leader))
      assert.equal(new Set(places.map(({ term }) => term)).size, 1)
      assert.equal(new Set(places.map(({ index }) => index)).size, 5, 'each has a place of its own')
      for (const { index, text } of places) {
        world.until(`${text} is applied by all`, () => world.appliedBy(index) === 3)
        assert.equal(world.at(index), text)
      }
    })
  })

  test('TestRejoin3B what a leader cut off proposed is overwritten when it rejoins', () => {
    lab({ servers: 3 }, (world) => {
      world.one(3)
      const first = world.checkOneLeader()
      world.disconnect(first)
      const lost = ids(3).map(() => proposed(world, first))
      world.one(2, { retry: true })

      const second = world.checkOneLeader()
      world.disconnect(second)
      world.connect(first)
      world.one(2, { retry: true })
      world.connect(second)
      world.one(3, { retry: true })
      const texts = new Set(world.servers.flatMap(({ commands }) => commands))
      for (const { text } of lost) assert(!texts.has(`ADD ${text}`), `${text} came to nothing`)
    })
  })

  test('TestBackup3B long divergent logs are reconciled quickly', () => {
    lab({ servers: 5, seeds: 3 }, (world) => {
      world.one(5)
      const first = world.checkOneLeader()
      const others = after(world, first)
      // The leader and one follower on their own: 50 entries that will not commit.
      for (const id of others.slice(1)) world.disconnect(id)
      const lost = ids(50).map(() => proposed(world, first))
      world.sleep(ELECTION_MS / 2)
      world.disconnect(first)
      world.disconnect(nth(others, 0))

      for (const id of others.slice(1)) world.connect(id)
      for (let i = 0; i < 50; i += 1) world.one(3, { retry: true })

      // Of these three, the leader and one: 50 more that will not commit.
      const second = world.checkOneLeader()
      const away = nth(others.slice(1), 0) === second ? nth(others, 2) : nth(others, 1)
      world.disconnect(away)
      lost.push(...ids(50).map(() => proposed(world, second)))
      world.sleep(ELECTION_MS / 2)
      for (const { id } of world.servers) world.disconnect(id)

      // The first two, and the one that was away: its log decides.
      for (const id of [first, nth(others, 0), away]) world.connect(id)
      const requests = world.network.requests
      for (let i = 0; i < 50; i += 1) world.one(3, { retry: true })
      for (const { id } of world.servers) world.connect(id)
      world.one(5, { retry: true })
      assert(world.network.requests - requests < 3000, 'a term at a time, not an entry')
      for (const { commands } of world.servers) assert(commands.length >= 102)
      const texts = new Set(world.servers.flatMap(({ commands }) => commands))
      for (const { text } of lost) assert(!texts.has(`ADD ${text}`), `${text} came to nothing`)
    })
  })

  test('TestCount3B not too many RPCs to elect, to agree, and to do nothing', () => {
    lab({ servers: 3 }, (world) => {
      world.until('a leader is elected', () =>
        world.alive.some(({ status }) => status.role === 'leader'),
      )
      const elected = world.network.requests
      assert(elected >= 1 && elected <= 30, `${elected} RPCs to elect`)
      const leader = world.checkOneLeader()

      const count = 10
      const before = world.network.requests
      const places = ids(count).map(() => proposed(world, leader))
      const last = places.at(-1)?.index ?? 0
      world.until('all are applied by all', () => world.appliedBy(last) === 3)
      const agreed = world.network.requests - before
      assert(agreed <= (count + 1 + 3) * 3, `${agreed} RPCs for ${count} entries`)

      const quiet = world.network.requests
      world.sleep(1000)
      const idle = world.network.requests - quiet
      assert(idle <= 60, `${idle} RPCs in an idle second`)
    })
  })
})
