import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RaftCluster } from './cluster.ts'

test('five processes elect, forward, and survive kill -9 of the leader', async () => {
  await using cluster = await RaftCluster.start()
  const leader = await cluster.leader()
  for (const node of cluster.nodes) {
    const { message } = await node.add(`from-${node.id}`)
    assert.equal(message, 'Queued by Leader')
  }
  await leader.child.end('SIGKILL')
  const next = await cluster.leader()
  assert.notEqual(next.id, leader.id)
  const expected = cluster.nodes.map(({ id }) => `from-${id}`)
  for (const node of cluster.running) assert.deepEqual(await node.ids(), expected)
  leader.child.start()
  await cluster.leader()
  assert.deepEqual(await leader.ids(), expected)
})
