import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PictureCluster } from './cluster.ts'

test('T1 a participant found at the address of another does not vote for it', async () => {
  await using cluster = await PictureCluster.start()
  await cluster.upload('two.png', 'bytes')
  const [first, second, third] = cluster.participantPorts
  await cluster.coordinator.end()
  const at = (name: string, port = 0) => `${name}=127.0.0.1:${port}`
  cluster.coordinator.start({
    PARTICIPANTS: [
      at('grpc-node1', first),
      at('grpc-node2', second),
      at('grpc-node3', second),
    ].join(),
  })
  await cluster.ready()
  const { body } = await cluster.deleteEverywhere('two.png')
  assert.equal(body['status'], 'ABORTED')
  assert.deepEqual((body['votes'] as unknown[])[2], {
    node: 'grpc-node3',
    vote: 'none',
    reason: 'at its address answers "grpc-node2", not grpc-node3',
  })

  await cluster.coordinator.end()
  cluster.coordinator.start({
    PARTICIPANTS: [
      at('grpc-node1', first),
      at('grpc-node2', second),
      at('grpc-node3', third),
    ].join(),
  })
  await cluster.ready()
  assert.equal((await cluster.deleteEverywhere('two.png')).body['status'], 'COMMITTED')
  assert.deepEqual(await cluster.holders('two.png'), [])
})
