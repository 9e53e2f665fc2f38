import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { Client } from './client.ts'
import { type Node, RaftCluster } from './cluster.ts'

interface Members {
  readonly members: { readonly id: number; readonly voter: boolean }[]
}

/** Repeats a membership change while the answer is "not yet". */
async function change(cluster: RaftCluster, method: string, request: object): Promise<Members> {
  let members: Members | null = null
  await eventually(`${method} is done`, async () => {
    const leader = await cluster.leader()
    try {
      members = (await leader.call<Members>('admin', method, request)).reply
      return true
    } catch (error) {
      assert.match(String(error), /try again|not the leader/)
      return false
    }
  })
  assert(members !== null)
  return members
}

describe('members come and go', { timeout: 180_000 }, () => {
  let cluster: RaftCluster
  let client: Client
  let sixth: Node
  const expected: string[] = []
  const add = async (id: string) => {
    await client.add(id)
    expected.push(id)
  }
  before(async () => {
    const env = { SNAPSHOT_ENTRIES: '50', TRAILING_ENTRIES: '10' }
    cluster = await RaftCluster.start({ env })
    client = new Client(cluster)
  })
  after(() => cluster.stop())

  test('a sixth node joins as a learner, by snapshot, and is promoted', async () => {
    for (let i = 0; i < 120; i += 1) await add(`early-${i}`)
    const five = [...cluster.nodes]
    await cluster.agree(five)
    const leader = await cluster.leader(five)
    sixth = await cluster.newcomer(6)
    const { reply: added } = await leader.call<Members>('admin', 'AddLearner', {
      ...{ id: 6, address: sixth.peerAddress },
    })
    assert.deepEqual(
      added.members.find(({ id }) => id === 6),
      { ...added.members.find(({ id }) => id === 6), id: 6, voter: false },
    )
    sixth.child.start()
    await sixth.child.line(/Node 6 installs the snapshot up to log\[\d+\]/)
    const promoted = await change(cluster, 'Promote', { id: 6 })
    assert.equal(promoted.members.filter(({ voter }) => voter).length, 6)
    await cluster.agree()
    assert.deepEqual(await sixth.ids(), expected)
    assert.equal((await sixth.add('by-the-sixth')).message, 'Queued by Leader')
    expected.push('by-the-sixth')
  })

  test('changes that make no sense are refused in words', async () => {
    const leader = await cluster.leader()
    const refused = (method: string, request: object, why: RegExp) =>
      assert.rejects(leader.call('admin', method, request), why)
    await refused('AddLearner', { id: 6, address: 'h:1' }, /FAILED_PRECONDITION.*member already/)
    await refused('AddLearner', { id: 0, address: 'h:1' }, /INVALID_ARGUMENT.*id/)
    await refused('AddLearner', { id: 7, address: 'nowhere' }, /INVALID_ARGUMENT.*address/)
    await refused('Promote', { id: 77 }, /FAILED_PRECONDITION.*no such member/)
    await refused('RemoveServer', { id: 77 }, /FAILED_PRECONDITION.*no such member/)
    const [follower] = cluster.followers(leader)
    const onFollower = follower?.call('admin', 'Promote', { id: 6 })
    await assert.rejects(onFollower ?? Promise.resolve(), /FAILED_PRECONDITION.*not the leader/)
  })

  test('R19 the leader itself is removed and another takes over', async () => {
    const leader = await cluster.leader()
    const rest = cluster.followers(leader)
    const { reply } = await leader.call<Members>('admin', 'RemoveServer', { id: leader.id })
    assert(!reply.members.some(({ id }) => id === leader.id))
    const next = await cluster.leader(rest)
    assert.notEqual(next.id, leader.id)
    await leader.child.end('SIGTERM')
    await add('after-removal')
    assert.deepEqual(await next.ids(), expected)
    assert.equal((await next.status()).members.length, 5)
  })

  test('R24 a wiped disk comes back, votes only when it caught up, and lacks nothing', async () => {
    const leader = await cluster.leader()
    const [victim] = cluster.followers(leader)
    assert(victim !== undefined)
    await victim.child.end('SIGKILL')
    await rm(victim.dataDir, { recursive: true })
    for (let i = 0; i < 10; i += 1) await add(`while-wiped-${i}`)
    const from = victim.child.lines.length
    victim.child.start()
    await victim.child.line(/having lost its disk/, { from })
    await victim.child.line(/caught up after losing its disk, and votes again/, { from })
    await cluster.leader()
    await cluster.agree()
    assert.deepEqual(await victim.ids(), expected)
  })
})
