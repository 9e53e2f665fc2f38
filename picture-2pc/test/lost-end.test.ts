import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { PictureCluster } from './cluster.ts'

test('P18 a commit whose end was lost is acknowledged by who has forgotten it, and forgotten', async () => {
  await using cluster = await PictureCluster.start()
  await cluster.upload('kept.png', 'bytes')
  // An abort: its vote requests say that the upload is finished, and it forces nothing to disk.
  assert.equal((await cluster.deleteEverywhere('unknown.png')).body['status'], 'ABORTED')
  const { coordinator } = cluster
  await coordinator.end('SIGKILL')
  const from = coordinator.lines.length
  coordinator.start()
  await coordinator.line(/serves on port/, { from })
  await cluster.ready()
  await eventually('nothing is left to deliver', async () => {
    const metrics = await fetch(`${cluster.url}/metrics`)
    return /^\w*committing(\{.*\})? 0$/m.test(await metrics.text())
  })
  assert.deepEqual(
    coordinator.lines.slice(from).filter((line) => line.includes('failed to respond')),
    [],
  )
})
