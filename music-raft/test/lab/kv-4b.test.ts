import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ADD, VOTE } from '../../queue/test/support.ts'
import { ids } from '../../raft/test/build.ts'
import { ELECTION_MS, type Routine } from '../../raft/test/lab/lab.ts'
import { generic } from './generic.ts'
import { queueLab } from './world.ts'

describe('MIT 6.5840 4B a service over Raft', () => {
  test('TestBasic4B one client', () => generic({ clients: 1 }))

  test('TestSpeed4B a commit does not wait for the heartbeat', () => {
    queueLab({ servers: 3, seeds: 1 }, (world) => {
      const clerk = world.clerk()
      world.run(clerk.write(ADD('t')))
      const began = world.lab.now
      const operations = 1000
      for (let i = 0; i < operations; i += 1) world.run(clerk.write(VOTE('t')))
      const heartbeats = (world.lab.now - began) / 100
      assert(operations / heartbeats >= 3, `${operations} in ${heartbeats} heartbeats`)
    })
  })

  test('TestConcurrent4B five clients', () => generic({ clients: 5 }))

  test('TestUnreliable4B questions and answers get lost', () => {
    generic({ clients: 5, unreliable: true })
  })

  test('TestOnePartition4B in a minority nothing is done until it is healed', () => {
    // Without check-quorum the leader of the minority goes on believing that it leads.
    queueLab({ servers: 5, options: { checkQuorum: false } }, (world) => {
      const { lab } = world
      world.run(world.clerk().write(ADD('t')))
      const leader = lab.checkOneLeader()
      const [friend, ...majority] = ids(5).filter((id) => id !== leader)
      assert(friend !== undefined)
      const minority = [leader, friend]
      lab.network.partition(minority, majority)
      lab.sleep(ELECTION_MS)

      const outside = world.clerk()
      outside.reachable = (id) => majority.includes(id)
      world.run(outside.write(VOTE('t')))

      const [writer, reader] = [world.clerk(), world.clerk()]
      const done: string[] = []
      const inside = function* (what: string, steps: Generator<number, unknown, void>): Routine {
        yield* steps
        done.push(what)
      }
      for (const clerk of [writer, reader]) clerk.reachable = (id) => minority.includes(id)
      lab.spawn(inside('write', writer.write(VOTE('t'))))
      lab.spawn(inside('read', reader.read()))
      lab.sleep(2 * ELECTION_MS)
      assert.deepEqual(done, [], 'neither a write nor a read')
      world.run(outside.write(VOTE('t')))

      lab.network.heal()
      for (const clerk of [writer, reader]) clerk.reachable = null
      lab.until('both are done', () => done.length === 2)
      world.checkEqual()
    })
  })

  test('TestManyPartitionsOneClient4B', () => generic({ clients: 1, partitions: true }))

  test('TestManyPartitionsManyClients4B', () => generic({ clients: 5, partitions: true }))

  test('TestPersistOneClient4B all crash between rounds', () => {
    generic({ clients: 1, crash: true })
  })

  test('TestPersistConcurrent4B', () => generic({ clients: 5, crash: true }))

  test('TestPersistConcurrentUnreliable4B', () => {
    generic({ clients: 5, crash: true, unreliable: true })
  })

  test('TestPersistPartition4B', () => generic({ clients: 5, crash: true, partitions: true }))

  test('TestPersistPartitionUnreliable4B', () => {
    generic({ clients: 5, crash: true, partitions: true, unreliable: true })
  })

  test('TestPersistPartitionUnreliableLinearizable4B 15 clients fight for the same tracks', () => {
    const faults = { crash: true, partitions: true, unreliable: true }
    generic({ clients: 15, servers: 7, sharedIds: true, ...faults })
  })
})
