import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'
import { assertOneLeaderATerm, Workload } from './workload.ts'

/** The nodes stand still for so long while clients write and ask them; then all must be well. */
async function pause(cluster: RaftCluster, nodes: readonly Node[], ms: number, others: string[]) {
  const name = `${nodes.map(({ id }) => id).join('')}-${ms}-${others.length}`
  const workload = Workload.start(cluster, name)
  const asking = nodes.map((node) => workload.askEvery(node, Math.max(20, ms / 100)))
  await sleep(300)
  for (const { child } of nodes) child.signal('SIGSTOP')
  await sleep(ms)
  const { answered } = workload.reads
  const written = workload.acknowledged.length
  for (const { child } of nodes) child.signal('SIGCONT')
  await cluster.leader()
  await sleep(300)
  await workload.stop()
  await Promise.all(asking)
  await workload.check(others)
  others.push(...workload.acknowledged)
  assertOneLeaderATerm(cluster)
  assert(workload.reads.answered > answered, 'reads were answered on waking')
  assert(workload.acknowledged.length > written, 'writes went on after waking')
  return { written }
}

async function termOf(node: Node): Promise<number> {
  return (await node.status()).term
}

// They wait more than they work.
describe('R11 L3 SIGSTOP of real processes', { concurrency: 2, timeout: 300_000 }, () => {
  test('1 and 5 seconds, the leader and a follower: nothing lost, nothing twice, nothing stale', async () => {
    await using cluster = await RaftCluster.start({ env: PATIENT })
    const others: string[] = []
    for (const ms of [1000, 5000]) {
      const leader = await cluster.leader()
      const [follower] = cluster.followers(leader)
      assert(follower !== undefined)
      const term = await termOf(leader)
      const from = follower.child.lines.length
      await pause(cluster, [follower], ms, others)
      const lines = follower.child.lines.slice(from)
      const campaign = lines.find((line) => /asks whether it would win/.test(line))
      assert.equal(campaign, undefined, 'L3 the heartbeats that wait count before the timeout')
      assert.equal(await termOf(leader), term)

      await pause(cluster, [leader], ms, others)
      if (ms > 2500) assert((await termOf(leader)) > term, 'another led meanwhile')
    }
  })

  test('30 seconds, the leader and a follower at once: the others go on, both catch up', async () => {
    await using cluster = await RaftCluster.start({ env: PATIENT })
    const leader = await cluster.leader()
    const [follower] = cluster.followers(leader)
    assert(follower !== undefined)
    const term = await termOf(leader)
    const { written } = await pause(cluster, [leader, follower], 30_000, [])
    assert(written > 100, `three of five took only ${written} writes`)
    assert((await termOf(leader)) > term)
  })
})
