import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SEGMENT_HEADER_BYTES } from '../../common/record-log/segment.ts'
import { eventually } from '../../test/child.ts'
import { Client } from './client.ts'
import { RaftCluster } from './cluster.ts'

describe('restarts', { timeout: 180_000 }, () => {
  test('L9 a rolling restart of all five under load fails no client that retries', async () => {
    await using cluster = await RaftCluster.start()
    const clients = Array.from({ length: 4 }, () => new Client(cluster))
    let rolling = true
    let count = 0
    const writing = Promise.all(
      clients.map(async (client, place) => {
        const written: string[] = []
        for (let i = 0; rolling; i += 1) {
          await client.add(`c${place}-${i}`)
          written.push(`c${place}-${i}`)
          count += 1
          await sleep(5)
        }
        return written
      }),
    )
    for (const node of cluster.nodes) {
      const wasLeader = (await node.status()).role === 'leader'
      const from = node.child.lines.length
      const { code } = await node.child.end('SIGTERM')
      assert.equal(code, 0)
      if (wasLeader) await node.child.line(/hands leadership to Node/, { from })
      node.child.start()
      await eventually('it is ready again', async () => {
        return (await node.http('/readyz').catch(() => null))?.status === 200
      })
    }
    rolling = false
    const written = (await writing).flat()
    assert.equal(written.length, count)
    await cluster.leader()
    await cluster.agree()
    const queued = await cluster.node(1).ids()
    assert.deepEqual(queued.toSorted(), written.toSorted(), 'each once, none lost')
    const gap = Math.max(...clients.map(({ longestMs }) => longestMs))
    console.log(`longest write in a rolling restart: ${gap.toFixed(0)} ms, ${count} writes`)
  })

  test('S15 a node that was away catches up by snapshot, and restarts from it', async () => {
    const env = { SNAPSHOT_ENTRIES: '40', TRAILING_ENTRIES: '5' }
    await using cluster = await RaftCluster.start({ size: 3, env })
    const leader = await cluster.leader()
    const [away, other] = cluster.followers(leader)
    assert(away !== undefined && other !== undefined)
    await away.child.end('SIGKILL')
    const ids = Array.from({ length: 150 }, (_, i) => `while-away-${i}`)
    for (const id of ids) assert.equal((await leader.add(id)).message, 'Queued by Leader')
    await leader.child.line(/took a snapshot up to log\[\d+\]; the log begins at \d{2,}/)
    away.child.start()
    await away.child.line(/installs the snapshot up to log\[\d+\]/)
    await cluster.agree()
    assert.deepEqual(await away.ids(), ids)
    assert((await away.status()).snapshotIndex > 0)
    await away.child.end('SIGKILL')
    away.child.start()
    await cluster.leader()
    await cluster.agree()
    assert.deepEqual(await away.ids(), ids)
  })

  test('three of five begin without the others, which join as they come', async () => {
    await using cluster = await RaftCluster.create()
    const [a, b, c, d, e] = cluster.nodes
    assert(a && b && c && d && e)
    a.child.start()
    assert.equal((await eventuallyAnswers(a)).message, 'No Leader Elected Yet')
    for (const { child } of [b, c]) child.start()
    await cluster.leader([a, b, c])
    assert.equal((await a.add('early')).message, 'Queued by Leader')
    for (const { child } of [d, e]) child.start()
    await cluster.leader()
    await cluster.agree()
    const ids = await Promise.all(
      cluster.nodes.map(async (node) => (await node.status()).clusterId),
    )
    assert.equal(new Set(ids).size, 1)
    assert.deepEqual(await e.ids(), ['early'])
  })

  test('one node alone is a cluster, and S9 keeps what it acknowledged', async () => {
    await using cluster = await RaftCluster.start({ size: 1 })
    const node = cluster.node(1)
    await node.add('a')
    await node.child.end('SIGKILL')
    node.child.start()
    await cluster.leader()
    assert.deepEqual(await node.ids(), ['a'])
    assert.equal((await node.child.end('SIGTERM')).code, 0)
  })

  test('S2 a damaged log refuses to start and says what to do', async () => {
    await using cluster = await RaftCluster.start({ size: 1 })
    const node = cluster.node(1)
    for (let i = 0; i < 5; i += 1) await node.add(`t${i}`)
    await node.child.end('SIGKILL')
    const segment = (await readdir(node.dataDir)).find((name) => /^\d+\.log$/.test(name))
    assert(segment !== undefined)
    const path = join(node.dataDir, segment)
    const bytes = await readFile(path)
    const at = SEGMENT_HEADER_BYTES + 40 // in the first of several batches
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(path, bytes)
    node.child.start()
    assert.equal((await node.child.exit).code, 74)
    await node.child.line(/is damaged.*restore this node from its peers or from a backup/)
  })
})

async function eventuallyAnswers(node: RaftCluster['nodes'][number]) {
  let answer: { message: string } | null = null
  await eventually('it answers', async () => {
    answer = await node.add('x').catch(() => null)
    return answer !== null
  })
  assert(answer !== null)
  return answer as { message: string }
}
