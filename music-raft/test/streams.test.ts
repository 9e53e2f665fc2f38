import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import type { QueueList__Output } from '../../protos/types/queue/QueueList.ts'
import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import { eventually } from '../../test/child.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'
import { BareStream, Feeder, trackOf } from './stream-client.ts'

const ids = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}-${i}`)

/** All ids queued and played on a node, page by page. */
async function everything(node: Node): Promise<string[]> {
  const all: string[] = []
  for (const method of ['GetQueue', 'GetHistory'] as const) {
    for (let offset = 0, more = true; more; ) {
      const { reply } = await node.call<QueueList__Output>('queue', method, { offset })
      all.push(...reply.queue.map(({ id }) => id))
      more = reply.more
      offset += reply.queue.length
    }
  }
  return all
}

describe('AddTracks: many tracks on one stream', { timeout: 240_000 }, () => {
  let cluster: RaftCluster
  let leader: Node
  let follower: Node
  before(async () => {
    cluster = await RaftCluster.start({ size: 3, env: { ...PATIENT, MAX_TRACKS: '4000' } })
    leader = await cluster.leader()
    follower = cluster.followers(leader)[0] ?? leader
  })
  after(() => cluster.stop())

  test('every node takes them, answers in order when they are applied, and writes it down', async () => {
    for (const node of [leader, follower]) {
      const name = node === leader ? 'led' : 'forwarded'
      const stream = new BareStream(node)
      stream.send(ids(name, 700), 1)
      stream.send(ids(`${name}-more`, 3), 1000)
      await stream.answered(1002)
      assert.deepEqual(stream.others, [])
      const queued = await node.ids()
      assert.deepEqual(queued.slice(-703), [...ids(name, 700), ...ids(`${name}-more`, 3)])
      stream.call.end()
      const { code, leader: hint } = await stream.ended()
      assert.deepEqual([code, hint], [status.OK, String(leader.id)])
      stream.close()
      const said = (line: RegExp) => node.child.lines.some((each) => line.test(each))
      const told = async () => said(/runs RPC AddTracks called by Node unknown · 700 tracks/)
      await eventually('the message is in the log', told)
      await eventually('what was applied is in the log', async () =>
        said(/Applying log\[\d+\] cmd=ADDS · \d+ tracks/),
      )
    }
    await eventually('the forwarding is in the log', async () =>
      follower.child.lines.some((line) => /sends RPC AddTracks to Node \d · \d+ tracks/.test(line)),
    )
  })

  test('what is wrong with a track is said of that track alone, in its place', async () => {
    const stream = new BareStream(follower)
    const tracks = [
      trackOf('fine-1'),
      { ...trackOf('x'), id: '' },
      { ...trackOf('y'), duration: -1 },
      trackOf('fine-1'),
      { ...trackOf('z'), title: 'é'.repeat(257) },
      trackOf('fine-2'),
    ]
    stream.call.write({ tracks: tracks.map((track, i) => ({ requestId: 10 * i, track })) })
    await stream.answered(50)
    assert.deepEqual(
      stream.others.map(({ requestId, code }) => [requestId, code]),
      [
        [10, 'INVALID_ARGUMENT'],
        [20, 'INVALID_ARGUMENT'],
        [30, 'ALREADY_QUEUED'],
        [40, 'INVALID_ARGUMENT'],
      ],
    )
    assert.match(stream.others[3]?.message ?? '', /^title must be at most 512 bytes/)
    stream.close()
  })

  test('a message that breaks the rules of the stream ends it, with a reason', async () => {
    const cases: readonly [(stream: BareStream) => void, RegExp][] = [
      [(stream) => stream.send(['a', 'b'], 7) && stream.send(['c'], 8), /request_id must grow/],
      [(stream) => stream.call.write(Buffer.from([0x0a, 0xff])), /ends too early/],
      [(stream) => stream.call.write(Buffer.alloc(8194, Buffer.from([0x0a, 0]))), /4096 tracks/],
      [(stream) => stream.call.write(Buffer.alloc(1 << 21)), /larger than/],
    ]
    for (const [send, reason] of cases) {
      const stream = new BareStream(leader)
      send(stream)
      const { code, error, details } = await stream.ended()
      assert.deepEqual([code, error], [status.INVALID_ARGUMENT, 'INVALID_ARGUMENT'])
      assert.match(details, reason)
      stream.close()
    }
    for (const clientId of ['', 'somebody']) {
      const stream = new BareStream(leader, { 'x-client-id': clientId })
      const { error, details } = await stream.ended()
      assert.equal(error, 'INVALID_ARGUMENT')
      assert.match(details, /x-client-id must be a UUID/)
      stream.close()
    }
  })

  test('R16 calls and streams of one client id are one sequence of requests', async () => {
    const clientId = randomUUID()
    const sent = (requestId: number) => ({
      sent: { 'x-client-id': clientId, 'x-request-id': String(requestId), 'x-answer': 'brief' },
    })
    const add = async (id: string, requestId: number) => {
      const options = sent(requestId)
      const track = trackOf(id)
      return (await leader.call<QueueResponse__Output>('queue', 'AddTrack', track, options)).reply
    }
    const before = (await leader.status()).queueLength
    assert.equal((await add('mixed-1', 1)).code, 'APPLIED')
    const stream = new BareStream(follower, { 'x-client-id': clientId })
    stream.send(['mixed-1', 'mixed-2', 'mixed-3'], 1)
    await stream.answered(3)
    assert.deepEqual(stream.others, [])
    assert.equal((await add('mixed-2', 2)).code, 'APPLIED', 'its first answer')
    assert.equal((await add('other', 3)).code, 'REQUEST_ID_REUSED')
    assert.equal((await add('mixed-4', 4)).code, 'APPLIED')
    const again = new BareStream(leader, { 'x-client-id': clientId })
    again.send(['mixed-3', 'mixed-4', 'mixed-5'], 3)
    await again.answered(5)
    assert.deepEqual(
      again.others.map(({ requestId, code }) => [requestId, code]),
      [[3, 'STALE_REQUEST']],
    )
    assert.equal((await leader.status()).queueLength, before + 5)
    for (const each of [stream, again]) each.close()
  })

  test('R22 the bound of the queue holds within a batch', async () => {
    const stream = new BareStream(leader)
    const room = 4000 - (await leader.status()).queueLength
    assert.ok(room > 0)
    for (let from = 0; from < room + 20; from += 1000) {
      stream.send(ids(`fill-${from}`, Math.min(1000, room + 20 - from)), from + 1)
    }
    await stream.answered(room + 20)
    assert.deepEqual(
      stream.others.map(({ requestId }) => requestId),
      Array.from({ length: 20 }, (_, i) => room + 1 + i),
    )
    assert.ok(stream.others.every(({ code }) => code === 'QUEUE_FULL'))
    stream.close()
  })
})

describe('R16 AddTracks while nodes die', { timeout: 300_000 }, () => {
  test('kill -9 of leaders: nothing acknowledged is lost, nothing is there twice', async () => {
    await using cluster = await RaftCluster.start({ size: 3 })
    const feeders = ['a', 'b', 'c'].map((name) => new Feeder(cluster, name))
    const acknowledged = () => feeders.reduce((sum, each) => sum + each.acknowledged.length, 0)
    let isOver = false
    const playing = (async () => {
      let played = 0
      while (!isOver) {
        // Played, a track that was added again would be queued again.
        const node = cluster.running[played % cluster.running.length]
        const sent = { 'x-client-id': randomUUID(), 'x-request-id': '1' }
        await node?.call('queue', 'PlayNext', {}, { sent, deadlineMs: 1000 }).catch(() => undefined)
        played += 1
        await sleep(5)
      }
      return played
    })()
    const feeding = feeders.map(async (feeder) => {
      for (let part = 0; part < 10; part += 1) {
        await feeder.add(400)
        await sleep(100)
      }
      await feeder.close()
    })
    const all = Promise.all(feeding)
    all.catch(() => undefined)
    for (const after of [1500, 6000]) {
      await eventually(`${after} are acknowledged`, async () => acknowledged() >= after)
      const leader = await cluster.leader()
      await leader.child.end('SIGKILL')
      await cluster.leader()
      leader.child.start()
    }
    await all
    isOver = true
    assert.ok((await playing) > 0)
    await cluster.leader(cluster.nodes)
    await cluster.agree(cluster.nodes)
    for (const { codes } of feeders) assert.deepEqual([...codes], [['APPLIED', 4000]])
    assert.ok((await cluster.nodes[0]?.ids('GetHistory'))?.length, 'something was played')
    const expected = feeders.flatMap((feeder) => feeder.acknowledged).toSorted()
    for (const node of cluster.nodes)
      assert.deepEqual((await everything(node)).toSorted(), expected)
  })

  test('L9 a node that stops ends its streams when what is on its way is answered', async () => {
    await using cluster = await RaftCluster.start({ size: 3 })
    const leader = await cluster.leader()
    const idle = new BareStream(leader)
    const feeder = new Feeder(cluster, 'stop')
    await feeder.add(2000)
    const more = feeder.add(4000)
    const [exit] = await Promise.all([leader.child.end('SIGTERM'), more])
    await feeder.close()
    assert.equal(exit.code, 0)
    const { error } = await idle.ended()
    assert.equal(error, 'STOPPING')
    assert.deepEqual([...feeder.codes], [['APPLIED', 6000]])
    const [other] = cluster.running
    assert.ok(other !== undefined)
    assert.equal(new Set(await everything(other)).size, 6000)
    idle.close()
  })

  test('T14 who reads no answers, or goes away, costs a bounded part and slows nobody', async () => {
    await using cluster = await RaftCluster.start({ size: 3, env: PATIENT })
    const leader = await cluster.leader()
    const before = await leader.status()
    const silent = Array.from({ length: 8 }, () => new BareStream(leader, {}, false))
    let written = 0
    for (let round = 0; round < 40; round += 1) {
      for (const [at, stream] of silent.entries()) {
        // Ids that are all there already: every answer is as long as can be.
        const some = ids('silent', 500)
        if (stream.call.writableLength < 4e6 && stream.send(some, round * 500 + 1)) written += 1
        if (round === 39 && at % 2 === 1) stream.close()
      }
      await sleep(20)
    }
    assert.ok(written > 20, `only ${written} messages`)
    const feeder = new Feeder(cluster, 'others')
    await feeder.add(5000)
    await feeder.close()
    assert.deepEqual([...feeder.codes], [['APPLIED', 5000]])
    const grown = ((await leader.status()).residentBytes - before.residentBytes) / 1e6
    assert.ok(grown < 200, `${grown} MB`)
    for (const stream of silent) stream.close()
    await cluster.agree()
  })
})
