import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { PATIENT, RaftCluster } from './cluster.ts'

const MORE_THAN_ENOUGH = '1000000'

describe('S13 the log of real processes does not grow for ever', { concurrency: 2 }, () => {
  test('by entries, with a queue that is empty again and again', async () => {
    const env = { ...PATIENT, SNAPSHOT_ENTRIES: '100', TRAILING_ENTRIES: '20', LOG_LEVEL: 'warn' }
    await using cluster = await RaftCluster.start({ size: 3, env })
    const leader = await cluster.leader()
    for (let i = 0; i < 300; i += 1) {
      await leader.add('churn')
      await leader.call('queue', 'RemoveTrack', { id: 'churn' })
    }
    await cluster.agree()
    for (const node of cluster.nodes) {
      await eventually(`node ${node.id} let go of what it needs no more`, async () => {
        const { firstLogIndex, lastLogIndex } = await node.status()
        assert(lastLogIndex >= 600)
        return lastLogIndex - firstLogIndex < 200
      })
    }
    assert.deepEqual(await leader.ids(), [])
  })

  test('by time, where hardly anything happens', async () => {
    const env = {
      ...PATIENT,
      SNAPSHOT_ENTRIES: MORE_THAN_ENOUGH,
      SNAPSHOT_INTERVAL_MS: '1000',
      TRAILING_ENTRIES: '0',
    }
    await using cluster = await RaftCluster.start({ size: 3, env })
    const leader = await cluster.leader()
    await leader.add('seldom')
    await cluster.agree()
    for (const node of cluster.nodes) {
      await eventually(`node ${node.id} took a snapshot`, async () => {
        const { snapshotIndex, lastApplied } = await node.status()
        return snapshotIndex > 0 && snapshotIndex === lastApplied
      })
    }
    assert.deepEqual(await leader.ids(), ['seldom'])
  })
})
