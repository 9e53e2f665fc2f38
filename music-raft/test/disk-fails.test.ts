import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { eventually } from '../../test/child.ts'
import { PATIENT, RaftCluster } from './cluster.ts'
import { assertOneLeaderATerm, Workload } from './workload.ts'

const PRELOAD = pathToFileURL(join(import.meta.dirname, '../../test/failing-disk.js')).href

describe('a disk that fails', { timeout: 300_000 }, () => {
  test('S6 L1 ends its node with 74 and a sentence, a follower as the leader; the others go on', async () => {
    const env = { ...PATIENT, NODE_OPTIONS: `--import=${PRELOAD}` }
    await using cluster = await RaftCluster.start({ size: 3, env })
    const leader = await cluster.leader()
    const [follower] = cluster.followers(leader)
    assert(follower !== undefined)
    const workload = Workload.start(cluster, 'dead')
    for (const node of [follower, leader]) {
      await sleep(300)
      const from = node.child.lines.length
      node.child.signal('SIGUSR2')
      assert.equal((await node.child.exit).code, 74)
      await node.child.line(/FATAL .*EIO/, { from })
      const before = workload.acknowledged.length
      await cluster.leader()
      await eventually('the others take writes', () => workload.acknowledged.length > before)
      node.child.start() // with another disk of the same content, as far as it could tell
      await cluster.leader()
    }
    await workload.stop()
    await workload.check()
    assertOneLeaderATerm(cluster)
  })
})
