import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RaftCluster } from './cluster.ts'

describe('SIGTERM', () => {
  let cluster: RaftCluster
  before(async () => {
    cluster = await RaftCluster.start()
  })
  after(() => cluster.stop())

  test('L9 all nodes at once: each ends well, and none that stops campaigns', async () => {
    const leader = await cluster.leader()
    await leader.add('kept')
    const printed = new Map(cluster.nodes.map(({ id, child }) => [id, child.lines.length]))
    const exits = await Promise.all(cluster.nodes.map(({ child }) => child.end('SIGTERM')))
    assert.deepEqual(new Set(exits.map(({ code }) => code)), new Set([0]))
    for (const { id, child } of cluster.nodes) {
      const lines = child.lines.slice(printed.get(id))
      const stopping = lines.findIndex((line) => /stopping on SIGTERM/.test(line))
      assert(stopping >= 0)
      const after = lines.slice(stopping)
      assert.equal(after.find((line) => /Election Timeout|would win/.test(line)) ?? '', '')
    }
    for (const { child } of cluster.nodes) child.start()
    const next = await cluster.leader()
    assert.deepEqual(await next.ids(), ['kept'])
  })

  test('L9 the best successor stops as well: the one after it leads', async () => {
    const leader = await cluster.leader()
    const [first, ...others] = cluster.followers(leader)
    assert(first !== undefined)
    const ends = [first.child.end('SIGTERM'), leader.child.end('SIGTERM')]
    assert.deepEqual(
      (await Promise.all(ends)).map(({ code }) => code),
      [0, 0],
    )
    const next = await cluster.leader(others)
    assert(others.includes(next))
    assert.deepEqual(await next.ids(), ['kept'])
  })
})
