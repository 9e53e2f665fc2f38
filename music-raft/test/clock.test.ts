import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { Client } from './client.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'
import { assertOneLeaderATerm, Workload } from './workload.ts'

const HOUR_MS = 3_600_000
const PRELOAD = pathToFileURL(join(import.meta.dirname, '../../test/shifted-clock.js')).href

describe('R13 L3 the wall clock of a process jumps', { timeout: 300_000 }, () => {
  let cluster: RaftCluster
  const others: string[] = []
  before(async () => {
    const env = { ...PATIENT, NODE_OPTIONS: `--import=${PRELOAD}`, LOG_FORMAT: 'json' }
    cluster = await RaftCluster.create({ size: 3, env })
    for (const { id, child } of cluster.nodes) {
      child.start({ CLOCK_OFFSET_FILE: join(cluster.folder, `clock${id}`) })
    }
    await cluster.leader()
  })
  after(() => cluster.stop())

  async function shift(node: Node, offsetMs: number): Promise<void> {
    const from = node.child.lines.length
    await writeFile(join(cluster.folder, `clock${node.id}`), String(offsetMs))
    node.child.signal('SIGUSR2')
    await node.child.line(new RegExp(`clock shifted by ${offsetMs} ms`), { from })
  }

  /** When the node believes it is, by its latest log line. */
  function wallClock({ child }: Node): number {
    const line = child.lines.findLast((each) => each.includes('"time":'))
    return Number((JSON.parse(line ?? '{}') as { time?: number }).time)
  }

  for (const offsetMs of [HOUR_MS, -HOUR_MS]) {
    const where = offsetMs > 0 ? 'ahead on the leader, back' : 'back on the leader, ahead'
    test(`an hour ${where} on a follower: no election, nothing refused, no stale read`, async () => {
      const leader = await cluster.leader()
      const [follower] = cluster.followers(leader)
      assert(follower !== undefined)
      const { term } = await leader.status()
      const workload = Workload.start(cluster, `jump${offsetMs}`)
      const asking = cluster.nodes.map((node) => workload.askEvery(node, 20))
      await shift(leader, offsetMs)
      await shift(follower, -offsetMs)
      await sleep(3000) // longer than an election timeout
      assert(Math.abs(wallClock(leader) - Date.now() - offsetMs) < 60_000)
      assert(Math.abs(wallClock(follower) - Date.now() + offsetMs) < 60_000)
      await workload.stop()
      await Promise.all(asking)
      await workload.check(others)
      others.push(...workload.acknowledged)
      assert.equal(workload.reads.refused, 0)
      const now = await leader.status()
      assert.deepEqual([now.term, now.role], [term, 'leader'])
    })
  }

  test('T1 a peer that was down is reached again by nodes whose clocks jump meanwhile', async () => {
    const leader = await cluster.leader()
    const [away, other] = cluster.followers(leader)
    assert(away !== undefined && other !== undefined)
    await away.child.end('SIGKILL')
    const client = new Client(cluster)
    for (const [i, offsetMs] of [HOUR_MS, -HOUR_MS].entries()) {
      for (const node of [leader, other]) await shift(node, offsetMs)
      await client.add(`away-${i}`)
      others.push(`away-${i}`)
    }
    away.child.start()
    await cluster.leader()
    await cluster.agree()
    assert.deepEqual((await away.ids()).toSorted(), others.toSorted())
  })

  test('R16 what a client asked before the jump is remembered after it', async () => {
    const leader = await cluster.leader()
    const id = others[0] ?? ''
    const sent = { 'x-client-id': '5b0b1a5e-7bd1-4a1e-a5d1-08c3a4f0a001', 'x-request-id': '7' }
    const vote = (node: Node) =>
      node.call<{ code: string }>('queue', 'VoteTrack', { id, up: true }, { sent })
    const votes = async () =>
      (await leader.call<{ votes: number }>('queue', 'GetMetadata', { id })).reply.votes
    assert.equal((await vote(leader)).reply.code, 'APPLIED')
    const before = await votes()
    for (const offsetMs of [1000 * HOUR_MS, -1000 * HOUR_MS]) {
      for (const node of cluster.nodes) await shift(node, offsetMs)
      for (const node of cluster.nodes) {
        assert.equal((await vote(node)).reply.code, 'APPLIED')
      }
    }
    assert.equal(await votes(), before)
    assertOneLeaderATerm(cluster)
  })
})
