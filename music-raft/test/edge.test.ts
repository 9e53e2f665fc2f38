import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { Child } from '../../test/child.ts'
import { raftService } from '../server/wire/raft-wire.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'
import { rawCall } from './raw-call.ts'

interface Answer {
  readonly code: string
  readonly queue: readonly { readonly id: string }[]
}

describe('at the edge of a node', { timeout: 300_000 }, () => {
  let cluster: RaftCluster
  let node: Node
  let client: string
  before(async () => {
    cluster = await RaftCluster.start({ size: 3, env: { ...PATIENT, ADMIN_TOKEN: 'open-sesame' } })
    node = await cluster.leader()
    client = `127.0.0.1:${node.port}`
  })
  after(() => cluster.stop())

  test('nothing that reaches the client port may call RaftService', async () => {
    const before = await node.status()
    const bytes = raftService.definition.RequestVote.requestSerialize({ term: 99, candidateId: 2 })
    for (const method of ['RequestVote', 'AppendEntries', 'TimeoutNow', 'ReadIndex']) {
      await assert.rejects(rawCall(client, `/raft.RaftService/${method}`, bytes), /UNIMPLEMENTED/)
    }
    const now = await node.status()
    assert.deepEqual([now.term, now.role], [before.term, before.role])
  })

  test('the peer port carries no AdminService', async () => {
    const call = rawCall(node.peerAddress, '/admin.AdminService/Status', Buffer.alloc(0))
    await assert.rejects(call, /UNIMPLEMENTED/)
  })

  test('peers are refused that name another node, another cluster or nobody', async () => {
    const { RequestVote, AppendEntries } = raftService.definition
    const { term } = await node.status()
    const vote = { term: term + 5, candidateId: 9 }
    const envelope = { from: 9, to: node.id, sequence: 1, clusterId: '' }
    const ask = (args: object) =>
      rawCall(node.peerAddress, RequestVote.path, RequestVote.requestSerialize(args))
    await assert.rejects(ask(vote), /INVALID_ARGUMENT.*envelope/)
    await assert.rejects(ask({ ...vote, envelope: { ...envelope, from: 8 } }), /INVALID_ARGUMENT/)
    await assert.rejects(ask({ ...vote, envelope: { ...envelope, to: 77 } }), /FAILED_PRECONDITION/)
    const other = { ...envelope, clusterId: 'another' }
    await assert.rejects(ask({ ...vote, envelope: other }), /FAILED_PRECONDITION.*another/)
    const noMessage = rawCall(node.peerAddress, AppendEntries.path, Buffer.from([0x2a, 0x7f]))
    await assert.rejects(noMessage, /INVALID_ARGUMENT/)
    assert.equal((await node.status()).term, term)
  })

  test('every field is checked and named', async () => {
    const refused = async (method: string, request: object, field: RegExp, sent = {}) => {
      const call = node.call('queue', method, request, { sent })
      await assert.rejects(call, (error: grpc.ServiceError) => {
        assert.equal(error.code, grpc.status.INVALID_ARGUMENT)
        assert.match(error.details, field)
        return true
      })
    }
    const track = { id: 'a', title: 't', artist: 'a', duration: 1 }
    await refused('AddTrack', { ...track, id: '' }, /\bid\b/)
    await refused('AddTrack', { ...track, id: 'x'.repeat(129) }, /\bid\b/)
    await refused('AddTrack', { ...track, title: 'é'.repeat(257) }, /title/)
    await refused('AddTrack', { ...track, artist: 'x'.repeat(513) }, /artist/)
    await refused('AddTrack', { ...track, duration: -1 }, /duration/)
    await refused('AddTrack', { ...track, duration: 86_401 }, /duration/)
    await refused('RemoveTrack', {}, /\bid\b/)
    await refused('VoteTrack', { id: '' }, /\bid\b/)
    await refused('GetMetadata', { id: '' }, /\bid\b/)
    await refused('GetQueue', { offset: -1 }, /offset/)
    await refused('GetHistory', { limit: -1 }, /limit/)
    await refused('AddTrack', track, /x-client-id/, { 'x-client-id': 'no', 'x-request-id': '1' })
    await refused('AddTrack', track, /x-client-id/, { 'x-request-id': '1' })
    assert.deepEqual(await node.ids(), [])
    const longest = { id: 'x'.repeat(128), title: 'é'.repeat(256), artist: '', duration: 86_400 }
    const { reply } = await node.call<{ message: string }>('queue', 'AddTrack', longest)
    assert.equal(reply.message, 'Queued by Leader')
  })

  test('texts that are not UTF-8 are refused by the name of the field', async () => {
    const track = Buffer.concat([
      Buffer.from([0x0a, 1, 0x61]), // id "a"
      Buffer.from([0x12, 2, 0xc3, 0x28]), // title: half a character
    ])
    await assert.rejects(
      rawCall(client, '/queue.QueueService/AddTrack', track),
      /INVALID_ARGUMENT.*title/,
    )
    const unknownField = Buffer.from([0x0a, 1, 0x62, 0xfa, 0x01, 1, 0xff])
    await rawCall(client, '/queue.QueueService/AddTrack', unknownField)
    assert((await node.ids()).includes('b'))
  })

  test('T4 a message over 4 MiB is refused and the node goes on', async () => {
    const huge = Buffer.alloc(5 * 1024 * 1024, 0x61)
    await assert.rejects(
      rawCall(client, '/queue.QueueService/AddTrack', huge),
      /RESOURCE_EXHAUSTED/,
    )
    assert.equal((await node.http('/livez')).status, 200)
  })

  test('unknown ids get the answers of the original', async () => {
    const { reply: none } = await node.call<{ id: string }>('queue', 'GetMetadata', { id: 'none' })
    assert.equal(none.id, '')
    const { reply } = await node.call<{ message: string; code: string }>('queue', 'RemoveTrack', {
      id: 'none',
    })
    assert.equal(reply.code, 'NOT_QUEUED')
  })

  test('a client that asks for brief answers gets the track it added, from any node', async () => {
    for (const each of cluster.nodes) {
      const track = { id: `brief-${each.id}`, title: '', artist: '', duration: 1 }
      const sent = { 'x-answer': 'brief' }
      const { reply } = await each.call<Answer>('queue', 'AddTrack', track, { sent })
      assert.equal(reply.code, 'APPLIED')
      const listed = reply.queue.map(({ id }) => id)
      assert.deepEqual(listed, [track.id])
    }
  })

  test('ADMIN_TOKEN guards the changing calls and no others', async () => {
    const transfer = (sent: Record<string, string>) =>
      node.call('admin', 'TransferLeadership', { to: 99 }, { sent })
    await assert.rejects(transfer({}), /UNAUTHENTICATED/)
    await assert.rejects(transfer({ 'x-admin-token': 'open-sesam' }), /UNAUTHENTICATED/)
    await assert.rejects(
      transfer({ 'x-admin-token': 'open-sesame' }),
      /FAILED_PRECONDITION.*no such member/,
    )
    assert.equal((await node.status()).id, node.id)
  })

  test('HTTP tells what it knows and nothing else', async () => {
    const { body } = await node.http('/status')
    assert.equal(body['id'], node.id)
    assert.equal(body['role'], 'leader')
    assert.equal((body['members'] as unknown[]).length, 3)
    const { body: metrics } = await node.http('/metrics')
    assert.match(String(metrics['text']), /^raft_is_leader 1$/m)
    assert.deepEqual((await node.http('/nothing')).body['code'], 'NO_ROUTE')
    const posted = await fetch(`http://127.0.0.1:${node.httpPort}/status`, { method: 'POST' })
    assert.equal(posted.status, 405)
  })

  test('bytes that are no gRPC disturb nobody', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(node.port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve())
      socket.setTimeout(500, () => socket.destroy())
    })
    assert.equal((await node.add('still-there')).message, 'Queued by Leader')
  })

  test('a data directory has one process, and one node', async () => {
    const twin = (env: Record<string, string>) =>
      new Child('twin', 'music-raft/server/main.js', {
        ...{ NODE_ID: String(node.id), DATA_DIR: node.dataDir, LOG_FORMAT: 'pretty' },
        ...{ PORT: '11001', HTTP_PORT: '11002', PEERS: '1=h:1,2=h:2,3=h:3', HOST: '127.0.0.1' },
        ...env,
      })
    const second = twin({})
    second.start()
    assert.equal((await second.exit).code, 1)
    await second.line(/is in use by Node \d/)
    const [follower] = cluster.followers(node)
    assert(follower !== undefined)
    await follower.child.end('SIGKILL')
    const stranger = twin({ DATA_DIR: follower.dataDir })
    stranger.start()
    assert.equal((await stranger.exit).code, 2)
    await stranger.line(/NODE_ID is "\d": allowed is \d/)
    follower.child.start()
    await cluster.leader()
  })
})
