import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Child } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'

/** Each when the one before serves: the orders of three nodes, those in a row forth and back. */
const ORDERS = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
] as const

async function startInOrder(cluster: RaftCluster, order: readonly number[]): Promise<Node> {
  for (const id of order) {
    const { child } = cluster.node(id)
    const from = child.lines.length
    child.start()
    await child.line(/serves clients on port/, { from })
  }
  return cluster.leader()
}

describe('a start', { concurrency: 3, timeout: 300_000 }, () => {
  for (const order of ORDERS) {
    const back = order.toReversed()
    test(`L12 with empty disks in the order ${order}, with full ones in the order ${back}`, async () => {
      await using cluster = await RaftCluster.create({ size: 3 })
      await startInOrder(cluster, order)
      for (const node of cluster.nodes) {
        assert.equal((await node.add(`first-${node.id}`)).code, 'APPLIED')
      }
      await cluster.agree()
      const clusterIds = async () =>
        new Set(
          await Promise.all(cluster.nodes.map(async (each) => (await each.status()).clusterId)),
        )
      const named = await clusterIds()
      assert.equal(named.size, 1)
      await Promise.all(cluster.nodes.map(({ child }) => child.end('SIGKILL')))

      const leader = await startInOrder(cluster, back)
      await cluster.agree()
      assert.deepEqual(await clusterIds(), named)
      assert.deepEqual(await leader.ids(), ['first-1', 'first-2', 'first-3'])
      assert.equal((await leader.add('second')).code, 'APPLIED')
    })
  }

  test('L7 L15 with wrong values of its environment: all of them told, exit 2, nothing touched', async () => {
    await using cluster = await RaftCluster.create({ size: 1 })
    const dataDir = join(cluster.folder, 'untouched')
    const env = {
      NODE_ID: '0',
      PORT: '70000',
      HTTP_PORT: '-1',
      DATA_DIR: dataDir,
      PEERS: 'raft-node1',
      JOIN: 'maybe',
      HEARTBEAT_INTERVAL_MS: '1s',
      SNAPSHOT_ENTRIES: '1e4',
      MAX_TRACKS: '0',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
      ADMIN_TOKEN: 'two words of it',
    }
    const child = new Child('raft-node', 'music-raft/server/main.js', env)
    child.start()
    assert.equal((await child.exit).code, 2)
    for (const [name, value] of Object.entries(env)) {
      if (name === 'DATA_DIR') continue
      const told = child.lines.find((line) => line.includes(`${name} is `))
      assert(told?.includes('allowed'), `${name}=${value}: ${told}`)
    }
    assert(!existsSync(dataDir))
  })

  for (const [what, wrong, told] of [
    ['an id that PEERS does not name', { NODE_ID: '7' }, /PEERS is .*names this node, 7, too/],
    [
      'an election timeout below the heartbeat',
      { HEARTBEAT_INTERVAL_MS: '2000' },
      /ELECTION_TIMEOUT_MIN_MS is "1500": allowed is more than HEARTBEAT_INTERVAL_MS/,
    ],
    ['no data directory', { DATA_DIR: '' }, /DATA_DIR is not set/],
    ['a data directory that is a file', { DATA_DIR: '/dev/null/raft' }, /\/dev\/null\/raft/],
  ] as const) {
    test(`L15 with ${what}: it ends and says why`, async () => {
      await using cluster = await RaftCluster.create({ size: 1, env: PATIENT })
      const { child } = cluster.node(1)
      child.start(wrong)
      assert.notEqual((await child.exit).code, 0)
      await child.line(told)
    })
  }

  test('L15 on a port that is taken: it ends and names the port', async () => {
    await using cluster = await RaftCluster.start({ size: 1 })
    const node = cluster.node(1)
    const [peer = 0, http = 0] = await freePorts(2)
    const twin = new Child('twin', 'music-raft/server/main.js', {
      ...{ NODE_ID: '1', DATA_DIR: join(cluster.folder, 'twin'), HOST: '127.0.0.1' },
      ...{ PORT: String(node.port), PEERS: `1=127.0.0.1:${peer}`, HTTP_PORT: `${http}` },
    })
    twin.start()
    assert.notEqual((await twin.exit).code, 0)
    await twin.line(new RegExp(`\\b${node.port}\\b`))
    assert.equal((await node.add('undisturbed')).code, 'APPLIED')
  })
})
