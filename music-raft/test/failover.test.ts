import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { Client } from './client.ts'
import { RaftCluster } from './cluster.ts'

describe('five processes', { timeout: 180_000 }, () => {
  let cluster: RaftCluster
  let client: Client
  const acknowledged: string[] = []
  const add = async (id: string) => {
    await client.add(id)
    acknowledged.push(id)
  }

  before(async () => {
    cluster = await RaftCluster.start()
    client = new Client(cluster)
  })
  after(() => cluster.stop())

  test('every node takes a write and shows it at once, and the lines tell', async () => {
    const leader = await cluster.leader()
    const [follower] = cluster.followers(leader)
    assert(follower !== undefined)
    for (const node of cluster.nodes) {
      const answer = await node.add(`from-${node.id}`)
      acknowledged.push(`from-${node.id}`)
      assert.equal(answer.message, 'Queued by Leader')
      assert.equal(answer.code, 'APPLIED')
      assert.equal(answer.position, acknowledged.length)
      assert.deepEqual(await node.ids(), acknowledged)
    }
    await follower.child.line(
      new RegExp(`Node ${follower.id} runs RPC AddTrack called by Node unknown`),
    )
    await follower.child.line(
      new RegExp(`Node ${follower.id} sends RPC AddTrack to Node ${leader.id}`),
    )
    await follower.child.line(
      new RegExp(`Node ${follower.id} runs RPC AppendEntries called by Node ${leader.id}`),
    )
    await follower.child.line(new RegExp(`Node ${follower.id} Applying log\\[\\d+\\] cmd=ADD`))
    const { term } = await leader.status()
    await leader.child.line(new RegExp(`Node ${leader.id} Election Timeout. Becoming CANDIDATE.`))
    await leader.child.line(
      new RegExp(`Node ${leader.id} Won election and became LEADER for term ${term}`),
    )
    await leader.child.line(new RegExp(`Node ${leader.id} sends RPC RequestVote to Node`))
  })

  test('L14 every reply names leader and term', async () => {
    const leader = await cluster.leader()
    const { term } = await leader.status()
    for (const node of cluster.nodes) {
      const { trailer } = await node.call('queue', 'GetQueue')
      assert.deepEqual(trailer.get('x-leader'), [String(leader.id)])
      assert.deepEqual(trailer.get('x-term'), [String(term)])
    }
  })

  test('O1 O5 O9 kill -9 of the leader loses nothing acknowledged', async () => {
    const leader = await cluster.leader()
    for (let i = 0; i < 20; i += 1) await add(`before-${i}`)
    await leader.child.end('SIGKILL')
    for (let i = 0; i < 20; i += 1) await add(`after-${i}`)
    const next = await cluster.leader()
    assert.notEqual(next.id, leader.id)
    for (const node of cluster.running) assert.deepEqual(await node.ids(), acknowledged)
    leader.child.start()
    await cluster.leader()
    await cluster.agree()
    assert.deepEqual(await leader.ids(), acknowledged)
    assert.deepEqual(await leader.ids('GetQueue', { 'x-consistency': 'stale' }), acknowledged)
  })

  test('R16 a request repeated on another node takes effect once', async () => {
    const sent = {
      'x-client-id': '2894e6fd-267d-42d8-9b3e-8c383bed93ce',
      'x-request-id': '1',
    }
    const id = acknowledged[0] ?? ''
    const votes: number[] = []
    for (const node of cluster.nodes) {
      const request = { id, up: true }
      const { reply } = await node.call<{ message: string }>('queue', 'VoteTrack', request, {
        sent,
      })
      assert.match(reply.message, /^Vote counted/)
      const { reply: track } = await node.call<{ votes: number }>('queue', 'GetMetadata', { id })
      votes.push(track.votes)
    }
    assert.deepEqual(votes, [1, 1, 1, 1, 1])
  })

  test('PlayNext moves the head to the history, whoever is asked', async () => {
    for (const node of cluster.nodes.slice(0, 2)) {
      const { reply } = await node.call<{ id: string }>('queue', 'PlayNext')
      assert.equal(reply.id, acknowledged.shift())
    }
    for (const node of cluster.nodes) {
      assert.deepEqual(await node.ids('GetHistory'), ['from-1', 'from-2'])
    }
  })

  test('R20 leadership moves where it is sent, with writes under way', async () => {
    const leader = await cluster.leader()
    const [target] = cluster.followers(leader)
    assert(target !== undefined)
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, i) => new Client(cluster).add(`moving-${i}`)),
    )
    const { reply } = await leader.call<{ leaderId: number }>('admin', 'TransferLeadership', {
      to: target.id,
    })
    assert.equal(reply.leaderId, target.id)
    await writing
    acknowledged.push(...(await target.ids()).filter((id) => id.startsWith('moving-')))
    assert.equal(new Set(acknowledged).size, acknowledged.length)
    assert.equal((await cluster.leader()).id, target.id)
  })

  test('a leader that is stopped is replaced, and steps down when it goes on', async () => {
    const leader = await cluster.leader()
    leader.child.signal('SIGSTOP')
    for (let i = 0; i < 5; i += 1) await add(`stopped-${i}`)
    leader.child.signal('SIGCONT')
    await eventually('the old leader follows', async () => {
      const status = await leader.statusOrNull()
      return status !== null && status.role === 'follower' && status.leaderId !== 0
    })
    await cluster.agree()
    for (const node of cluster.nodes) assert.deepEqual(await node.ids(), acknowledged)
  })

  test('O1 L8 a minority commits nothing; what it took may still take effect', async () => {
    const leader = await cluster.leader()
    const [a, b, c] = cluster.followers(leader)
    assert(a !== undefined && b !== undefined && c !== undefined)
    for (const { child } of [a, b, c]) await child.end('SIGKILL')
    const outcome = await leader.add('lonely', { deadlineMs: 1500 }).then(
      ({ message }) => message,
      (error: { details: string }) => error.details,
    )
    assert.notEqual(outcome, 'Queued by Leader')
    for (const node of cluster.running) {
      const local = await node.ids('GetQueue', { 'x-consistency': 'stale' })
      assert(!local.includes('lonely'))
    }
    await eventually('nobody leads', async () => (await leader.statusOrNull())?.leaderId === 0)
    assert.equal((await leader.add('too-late')).message, 'No Leader Elected Yet')
    await assert.rejects(leader.call('queue', 'PlayNext'), /UNAVAILABLE: No Leader Elected Yet/)
    assert.equal((await leader.http('/readyz')).status, 503)
    assert.equal((await leader.http('/livez')).status, 200, 'L8 no quorum is no illness')
    for (const { child } of [a, b, c]) child.start()
    await cluster.leader()
    const now = await leader.ids()
    assert(!now.includes('too-late'))
    if (now.includes('lonely')) acknowledged.push('lonely')
    assert.deepEqual(now, acknowledged)
  })

  test('O9 S8 all killed at once come back with everything', async () => {
    const writing = Array.from({ length: 30 }, (_, i) => cluster.node(1 + (i % 5)).add(`last-${i}`))
    const settled = Promise.allSettled(writing)
    await Promise.race(writing)
    await Promise.all(cluster.nodes.map(({ child }) => child.end('SIGKILL')))
    const answers = await settled
    for (const { child } of cluster.nodes) child.start()
    await cluster.leader()
    await cluster.agree()
    const now = await cluster.node(1).ids()
    for (const [i, answer] of answers.entries()) {
      const taken = answer.status === 'fulfilled' && answer.value.message === 'Queued by Leader'
      if (taken) assert(now.includes(`last-${i}`), `last-${i} was acknowledged`)
    }
    assert.deepEqual(now.slice(0, acknowledged.length), acknowledged)
    assert.equal(new Set(now).size, now.length)
  })
})
