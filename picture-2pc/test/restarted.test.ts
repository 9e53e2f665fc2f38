import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PictureCluster } from './cluster.ts'

test('T1 a participant that is back takes part in the next upload, also while its channel waits', async () => {
  await using cluster = await PictureCluster.start()
  const [, second] = cluster.participants
  assert.ok(second !== undefined)
  await second.end()
  // Long enough for the back-off to have grown: each takes the vote timeout.
  for (const name of ['one.png', 'two.png']) {
    const { body } = await cluster.deleteEverywhere(name)
    assert.equal(body['status'], 'ABORTED')
  }
  const from = second.lines.length
  second.start()
  await second.line(/serves on port/, { from })
  const { body } = await cluster.upload('three.png', 'bytes')
  assert.deepEqual([body['status'], body['details']], ['COMMITTED', ['ACK', 'ACK', 'ACK']])
})
