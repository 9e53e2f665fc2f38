import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ADD, REMOVE, VOTE } from '../../queue/test/support.ts'
import { ids } from '../../raft/test/build.ts'
import { ELECTION_MS } from '../../raft/test/lab/lab.ts'
import { generic, MAX_LOG_BYTES } from './generic.ts'
import { replica } from './replica.ts'
import { queueLab } from './world.ts'

const SNAPSHOTS = { snapshotEntries: 30, options: { trailingEntries: 5, snapshotChunkBytes: 4096 } }
const LIMIT = { snapshotEntries: 30 }

describe('MIT 6.5840 4C a service over Raft, with snapshots', () => {
  test('TestSnapshotRPC4C a server left behind is fed by InstallSnapshot', () => {
    queueLab({ servers: 3, ...SNAPSHOTS }, (world) => {
      const { lab } = world
      const clerk = world.clerk()
      world.run(clerk.write(ADD('a')))
      const away = (lab.checkOneLeader() % 3) + 1
      lab.network.partition(
        [away],
        ids(3).filter((id) => id !== away),
      )
      clerk.reachable = (id) => id !== away
      for (const n of ids(50)) world.run(clerk.write(ADD(`t${n}`)))
      lab.sleep(ELECTION_MS)
      for (const { id, status } of lab.alive) {
        if (id !== away) assert(status.logBytes <= MAX_LOG_BYTES, 'the majority trims its log')
      }

      // The one that was away and one of the others: without the snapshot it could not go on.
      const other = (away % 3) + 1
      lab.network.partition(
        [other, away],
        ids(3).filter((id) => id !== away && id !== other),
      )
      clerk.reachable = (id) => id === away || id === other
      world.run(clerk.write(VOTE('t7')))
      assert(lab.installed > 0, 'by a snapshot')
      lab.network.heal()
      clerk.reachable = null
      world.run(clerk.write(VOTE('a')))
      world.checkEqual()
    })
  })

  test('TestSnapshotSize4C a snapshot holds the state, not its history', () => {
    queueLab({ servers: 3, ...SNAPSHOTS }, (world) => {
      const clerk = world.clerk()
      for (let i = 0; i < 100; i += 1) {
        world.run(clerk.write(ADD('x')))
        world.run(clerk.write(i === 99 ? VOTE('x') : REMOVE('x')))
      }
      for (const { id, status } of world.lab.servers) {
        assert(status.logBytes <= MAX_LOG_BYTES, `a log of ${status.logBytes} bytes`)
        assert(status.snapshot !== null)
        const { length } = replica(world.lab, id).snapshot()
        assert(length <= 500, `a snapshot of ${length} bytes`)
      }
    })
  })

  test('TestSpeed4C snapshots hold up no commit', () => {
    queueLab({ servers: 3, seeds: 1, ...SNAPSHOTS }, (world) => {
      const clerk = world.clerk()
      world.run(clerk.write(ADD('t')))
      const began = world.lab.now
      const operations = 1000
      for (let i = 0; i < operations; i += 1) world.run(clerk.write(VOTE('t')))
      const heartbeats = (world.lab.now - began) / 100
      assert(operations / heartbeats >= 3, `${operations} in ${heartbeats} heartbeats`)
    })
  })

  test('TestSnapshotRecover4C', () => generic({ clients: 1, crash: true, ...LIMIT }))

  test('TestSnapshotRecoverManyClients4C', () => {
    generic({ clients: 20, crash: true, snapshotEntries: 100 })
  })

  test('TestSnapshotUnreliable4C', () => generic({ clients: 5, unreliable: true, ...LIMIT }))

  test('TestSnapshotUnreliableRecover4C', () => {
    generic({ clients: 5, unreliable: true, crash: true, ...LIMIT })
  })

  test('TestSnapshotUnreliableRecoverConcurrentPartition4C', () => {
    generic({ clients: 5, unreliable: true, crash: true, partitions: true, ...LIMIT })
  })

  test('TestSnapshotUnreliableRecoverConcurrentPartitionLinearizable4C 15 clients, 7 servers', () => {
    const faults = { unreliable: true, crash: true, partitions: true }
    generic({ clients: 15, servers: 7, sharedIds: true, ...faults, ...LIMIT })
  })
})
