import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { Client } from './client.ts'
import { type Node, RaftCluster } from './cluster.ts'

const TOOL = join(import.meta.dirname, '../server/recover.js')

describe('L10 a majority is lost for good', { timeout: 180_000 }, () => {
  let cluster: RaftCluster
  let client: Client
  /** Nodes 1 and 2 keep their disks, and the first of them is recovered. */
  let survivor: Node
  let stale: Node
  let lost: Node[]
  let oldClusterId = ''
  const expected: string[] = []
  const add = async (id: string) => {
    await client.add(id)
    expected.push(id)
  }
  before(async () => {
    cluster = await RaftCluster.start({ env: { SNAPSHOT_ENTRIES: '20', TRAILING_ENTRIES: '5' } })
    client = new Client(cluster)
    survivor = cluster.node(1)
    stale = cluster.node(2)
    lost = [3, 4, 5].map((id) => cluster.node(id))
  })
  after(() => cluster.stop())

  /** Runs the tool on a node's disk; resolves with its exit code and what it printed. */
  function recovery({ id, dataDir }: Node, ...words: string[]) {
    const peers = cluster.nodes.map((node) => `${node.id}=${node.peerAddress}`)
    const environment = { NODE_ID: String(id), PEERS: peers.join(','), DATA_DIR: dataDir }
    const tool = spawn(process.execPath, [TOOL, ...words], { env: environment })
    let text = ''
    for (const stream of [tool.stdout, tool.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
    }
    return new Promise<{ code: number | null; text: string }>((resolve) => {
      tool.once('close', (code) => resolve({ code, text }))
    })
  }

  /** A change of the membership; false: not yet. */
  async function done(method: string, request: object): Promise<boolean> {
    try {
      await survivor.call('admin', method, request)
      return true
    } catch (error) {
      assert.match(String(error), /try again/)
      return false
    }
  }

  test('two of five cannot write, and the tool refuses while their nodes run', async () => {
    for (let i = 0; i < 30; i += 1) await add(`before-${i}`)
    await cluster.agree()
    oldClusterId = (await survivor.status()).clusterId
    await Promise.all(lost.map(({ child }) => child.end('SIGKILL')))
    await Promise.all(lost.map(({ dataDir }) => rm(dataDir, { recursive: true })))
    await assert.rejects(client.add('never acknowledged', 1000))
    const { code, text } = await recovery(survivor, '--i-understand')
    assert.equal(code, 1)
    assert.match(text, /is in use by Node 1 .*; stop it/)
  })

  test('S17 it tells what a disk holds, and changes it only when told to', async () => {
    for (const { child } of [survivor, stale]) await child.end('SIGKILL')
    for (const node of [survivor, stale]) {
      const { code, text } = await recovery(node)
      assert.equal(code, 0, text)
      assert.match(text, new RegExp(`cluster +${oldClusterId}\n.*queue +3[01] tracks`, 's'))
      assert.match(text, /Nothing was changed/)
    }
    assert.equal((await recovery(survivor, '--force')).code, 2)
    const { code, text } = await recovery(survivor, '--i-understand')
    assert.equal(code, 0, text)
    assert.match(text, /Node 1 is the only member of the new cluster/)
  })

  test('the recovered node leads alone, holds all and takes writes', async () => {
    survivor.child.start()
    await cluster.leader()
    const { clusterId, members } = await survivor.status()
    assert.notEqual(clusterId, oldClusterId)
    assert.deepEqual(
      members.map(({ id, voter }) => [id, voter]),
      [[1, true]],
    )
    const ids = await survivor.ids()
    // In the log of a node that led before, but on no majority: allowed to take effect.
    if (ids.includes('never acknowledged')) expected.push('never acknowledged')
    assert.deepEqual(ids, expected)
    await add('alone')
  })

  test('R23 a node with its old disk is refused, and disturbs nothing', async () => {
    const { term } = await survivor.status()
    const from = stale.child.lines.length
    stale.child.start()
    await survivor.child.line(/refuses RPC RequestVote called by Node 2 .* another cluster/)
    const request = { id: stale.id, address: stale.peerAddress }
    await eventually('it is added', () => done('AddLearner', request))
    await stale.child.line(/refuses RPC Exchange called by Node 1 .* another cluster/, { from })
    await assert.rejects(survivor.call('admin', 'Promote', { id: stale.id }), /not caught up/)
    await survivor.call('admin', 'RemoveServer', { id: stale.id })
    await add('in spite of it')
    const now = await survivor.status()
    assert.deepEqual([now.role, now.term], ['leader', term])
    assert.equal((await stale.status()).clusterId, oldClusterId)
    await stale.child.end('SIGKILL')
  })

  test('R24 nodes with empty disks are taken in, one after the other', async () => {
    const [first, second] = lost
    assert(first !== undefined && second !== undefined)
    for (const node of [first, second]) {
      const { id, peerAddress: address } = node
      const from = node.child.lines.length
      node.child.start()
      await node.child.line(/having lost its disk/, { from })
      await eventually(`node ${id} is added`, () => done('AddLearner', { id, address }))
      await eventually(`node ${id} is promoted`, () => done('Promote', { id }))
      await add(`with ${id}`)
    }
    await cluster.agree()
    for (const node of cluster.running) {
      assert.deepEqual(await node.ids(), expected)
      const { members, clusterId } = await node.status()
      assert.deepEqual(members.map(({ id, voter }) => voter && id).sort(), [1, 3, 4])
      assert.notEqual(clusterId, oldClusterId)
    }
    await survivor.child.end('SIGKILL')
    await add('without the recovered one')
    assert.deepEqual(await first.ids(), expected)
  })
})
