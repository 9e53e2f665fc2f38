import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeCommand } from '../../queue/command.ts'
import { ADD, VOTE } from '../../queue/test/support.ts'
import type { LogIndex, NodeId } from '../../raft/messages.ts'
import { ids } from '../../raft/test/build.ts'
import { ELECTION_MS, type Lab, type Routine } from '../../raft/test/lab/lab.ts'
import type { Clerk } from './clerk.ts'
import { MAX_LOG_BYTES } from './generic.ts'
import { replica } from './replica.ts'
import { queueLab } from './world.ts'

const THREE = { servers: 3 }

function* voteFor(clerk: Clerk, id: string, times = 1): Routine {
  for (let i = 0; i < times; i += 1) yield* clerk.write(VOTE(id))
}

/** Votes that every replica counts for this track. */
function votes(lab: Lab, id: string): number[] {
  return lab.servers.map((server) => replica(lab, server.id).queue.track(id)?.votes ?? Number.NaN)
}

/** A request without a client: where it was put. */
function submit(lab: Lab, server: NodeId, id: string): LogIndex | null {
  const data = encodeCommand({ identity: null, operation: ADD(id) })
  return lab.propose(server, data)?.index ?? null
}

describe('MIT 6.5840 4A replicated state machine', () => {
  test('TestBasic4A each request gets its result, and all replicas are equal', () => {
    queueLab(THREE, (world) => {
      const clerk = world.clerk()
      for (const n of ids(10)) {
        const { code, position } = world.run(clerk.write(ADD(`t${n}`)))
        assert.deepEqual([code, position], ['OK', n])
      }
      world.checkEqual()
      assert.equal(replica(world.lab, 1).queue.size, 10)
    })
  })

  test('TestConcurrent4A fifty requests at a time', () => {
    queueLab(THREE, (world) => {
      world.run(world.clerk().write(ADD('t')))
      for (const _ of ids(50)) world.lab.spawn(voteFor(world.clerk(), 't'))
      world.lab.join()
      world.checkEqual()
      assert.deepEqual(votes(world.lab, 't'), [50, 50, 50])
    })
  })

  test('TestLeaderFailure4A the next leader goes on, and the old one catches up', () => {
    queueLab(THREE, (world) => {
      const clerk = world.clerk()
      world.run(clerk.write(ADD('t')))
      const leader = world.lab.checkOneLeader()
      world.lab.disconnect(leader)
      world.run(clerk.write(VOTE('t')))
      world.lab.connect(leader)
      world.run(clerk.write(VOTE('t')))
      world.checkEqual()
      assert.deepEqual(votes(world.lab, 't'), [2, 2, 2])
    })
  })

  test('TestLeaderPartition4A what a leader without a majority took is never answered OK', () => {
    queueLab({ servers: 5 }, (world) => {
      const { lab } = world
      const clerk = world.clerk()
      world.run(clerk.write(ADD('t')))
      const old = lab.checkOneLeader()
      const others = ids(5).filter((id) => id !== old)
      const [friend, ...majority] = others
      assert(friend !== undefined)
      lab.network.partition([old, friend], majority)
      const places = ids(100).map((n) => submit(lab, old, `lost${n}`))
      assert(places.every((place) => place !== null))
      lab.sleep(2 * ELECTION_MS)
      const { outcomes } = replica(lab, old)
      for (const place of places) assert(!outcomes.has(place ?? 0), 'nothing was applied')

      clerk.reachable = (id) => majority.includes(id)
      world.run(clerk.write(VOTE('t')))
      lab.network.heal()
      clerk.reachable = null
      world.run(clerk.write(VOTE('t')))
      world.checkEqual()
      assert.deepEqual(replica(lab, old).queue.queuePage({ offset: 0, limit: 10 }).total, 1)
    })
  })

  test('TestRestartReplay4A a replay of the log gives the state again', () => {
    queueLab(THREE, (world) => {
      const clerk = world.clerk()
      world.run(clerk.write(ADD('t')))
      for (let i = 0; i < 100; i += 1) world.run(clerk.write(VOTE('t')))
      for (const id of ids(3)) world.lab.crash(id)
      for (const id of ids(3)) world.lab.restart(id)
      assert.equal(replica(world.lab, 1).queue.size, 0, 'a process starts with nothing in memory')
      world.run(clerk.write(VOTE('t')))
      world.checkEqual()
      assert.deepEqual(votes(world.lab, 't'), [101, 101, 101])
    })
  })

  test('TestRestartSubmit4A requests go on through a restart of all, and count once (R16)', () => {
    queueLab(THREE, (world) => {
      const clerks = ids(5).map(() => world.clerk())
      world.run(world.clerk().write(ADD('t')))
      for (const clerk of clerks) world.lab.spawn(voteFor(clerk, 't', 20))
      for (let round = 0; round < 3; round += 1) {
        world.lab.sleep(100 + world.lab.below(100))
        for (const id of ids(3)) world.lab.restart(id)
        world.lab.sleep(ELECTION_MS)
      }
      world.lab.join()
      world.checkEqual()
      assert.deepEqual(votes(world.lab, 't'), [100, 100, 100])
    })
  })

  test('TestSnapshot4C with snapshots the log stays short, and restarts begin from them', () => {
    const options = { trailingEntries: 5 }
    queueLab({ ...THREE, snapshotEntries: 20, options }, (world) => {
      const clerk = world.clerk()
      world.run(clerk.write(ADD('t')))
      for (let i = 0; i < 100; i += 1) world.run(clerk.write(VOTE('t')))
      for (const { status } of world.lab.alive) assert(status.logBytes <= MAX_LOG_BYTES)
      for (const id of ids(3)) world.lab.crash(id)
      for (const id of ids(3)) world.lab.restart(id)
      const counted = votes(world.lab, 't')
      for (const each of counted) assert(each >= 70, `${each} votes at once: from the snapshot`)
      world.run(clerk.write(VOTE('t')))
      world.checkEqual()
      assert.deepEqual(votes(world.lab, 't'), [101, 101, 101])
    })
  })
})
