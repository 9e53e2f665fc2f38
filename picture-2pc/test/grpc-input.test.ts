import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { after, before, beforeEach, test } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { protoPath } from 'grpc-health-check'
import type { RpcClient } from '../../common/rpc-client.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import { PictureCluster } from './cluster.ts'
import { fullClient, type Message, originalClient, PlainClient, refusal } from './grpc-clients.ts'

// One participant, alone: whoever is in doubt here can ask nobody, so that a test may take its time
// between a vote and its decision. `ghost` is a coordinator that never answers.
let cluster: PictureCluster
let node: PlainClient
let full: RpcClient<PictureServiceDefinition>
before(async () => {
  cluster = await PictureCluster.create({ participants: 1, env: { LOG_LEVEL: 'warn' } })
  const coordinators = `ghost=127.0.0.1:1,http-node1=127.0.0.1:${cluster.coordinatorGrpcPort}`
  cluster.participants[0]?.start({ COORDINATORS: coordinators })
  cluster.coordinator.start()
  await cluster.ready()
  node = originalClient(cluster, 0)
  full = fullClient(cluster, 0)
})
after(async () => {
  node.close()
  full.close()
  await cluster.stop()
})

let filename = ''
beforeEach(async () => {
  filename = `${randomUUID()}.png`
  assert.deepEqual(await node.call('Upload', { filename, data: Buffer.from('bytes') }), {
    ...{ success: true, node: 'grpc-node1' },
  })
})

const ghost = (transaction_id: string, name = filename): Message => ({
  ...{ transaction_id, coordinator_id: 'ghost', filename: name },
})
const YES = { vote_granted: true, node_id: 'grpc-node1' }
const NO = { vote_granted: false, node_id: 'grpc-node1' }
const ACK = { success: true, node_id: 'grpc-node1' }
const deadline = { deadlineMs: 10_000 }

test('a client of the original fields alone: every plain method', async () => {
  assert.deepEqual(await node.call('Health'), { status: 'healthy', node: 'grpc-node1' })
  const found = { found: true, node: 'grpc-node1', likes: 0 }
  assert.deepEqual(await node.call('Search', { filename }), found)
  assert.deepEqual(await node.call('Like', { filename }), { success: true, likes: 1 })
  assert.deepEqual(await node.call('Like', { filename: 'absent' }), { success: false, likes: 0 })
  const { pictures } = (await node.call('List')) as { pictures: Record<string, Message> }
  assert.deepEqual({ ...pictures[filename] }, { likes: 1, node: 'grpc-node1' })
  const download = await node.call('Download', { filename })
  assert.deepEqual(download, { found: true, data: Buffer.from('bytes') })
  assert.deepEqual(await node.call('Delete', { filename }), { success: true })
  assert.deepEqual(await node.call('Delete', { filename }), { success: false })
  assert.equal((await node.call('Search', { filename }))['found'], false)
  assert.equal((await node.call('Download', { filename }))['found'], false)
})

test('a client of the original fields alone: vote, commit, abort; no operation means delete', async () => {
  const abort = randomUUID()
  assert.deepEqual(await node.call('VoteRequest', ghost(abort)), YES)
  assert.deepEqual(await node.call('GlobalAbort', ghost(abort)), ACK)
  assert.equal((await node.call('Search', { filename }))['found'], true)
  const commit = randomUUID()
  assert.deepEqual(await node.call('VoteRequest', ghost(commit)), YES)
  assert.deepEqual(await node.call('GlobalCommit', ghost(commit)), ACK)
  assert.equal((await node.call('Search', { filename }))['found'], false)
  assert.deepEqual(await node.call('VoteRequest', ghost(randomUUID())), NO)
})

test('O21 a VoteRequest that is repeated hears the same vote, before and after the decision', async () => {
  const id = randomUUID()
  for (let round = 0; round < 3; round++) {
    assert.deepEqual(await node.call('VoteRequest', ghost(id)), YES)
  }
  assert.deepEqual(await node.call('VoteRequest', ghost(id, 'another')), NO)
  await node.call('GlobalCommit', ghost(id))
  await node.call('Upload', { filename, data: Buffer.from('new') })
  assert.deepEqual(await node.call('VoteRequest', ghost(id)), YES)
  assert.deepEqual(await node.call('GlobalCommit', ghost(id)), ACK)
  assert.equal((await node.call('Search', { filename }))['found'], true, 'the new one is kept')
  const refused = randomUUID()
  assert.deepEqual(await node.call('VoteRequest', ghost(refused, 'late')), NO)
  await node.call('Upload', { filename: 'late', data: Buffer.from('x') })
  assert.deepEqual(await node.call('VoteRequest', ghost(refused, 'late')), NO)
})

test('P7 a VoteRequest that comes after its abort is refused and locks nothing', async () => {
  const id = randomUUID()
  assert.deepEqual(await node.call('GlobalAbort', ghost(id)), ACK)
  assert.deepEqual(await node.call('VoteRequest', ghost(id)), NO)
  assert.deepEqual(await node.call('Like', { filename }), { success: true, likes: 1 })
})

test('O15 P1 a GlobalCommit never prepared is an error, not an Ack, and changes nothing', async () => {
  const id = randomUUID()
  const unknown = 'FAILED_PRECONDITION UNKNOWN_TRANSACTION'
  assert.equal(await refusal(node.call('GlobalCommit', ghost(id))), unknown)
  assert.equal((await node.call('Search', { filename }))['found'], true)
  assert.deepEqual(await node.call('VoteRequest', ghost(id)), YES, 'it may still be prepared')
  assert.deepEqual(await node.call('GlobalCommit', ghost(id)), ACK)
})

test('P6 a decision is never reversed; repeated it is acknowledged', async () => {
  const conflict = 'FAILED_PRECONDITION DECISION_CONFLICT'
  const aborted = randomUUID()
  await node.call('VoteRequest', ghost(aborted))
  assert.deepEqual(await node.call('GlobalAbort', ghost(aborted)), ACK)
  assert.equal(await refusal(node.call('GlobalCommit', ghost(aborted))), conflict)
  assert.deepEqual(await node.call('GlobalAbort', ghost(aborted)), ACK)
  const committed = randomUUID()
  await node.call('VoteRequest', ghost(committed))
  assert.deepEqual(await node.call('GlobalCommit', ghost(committed)), ACK)
  assert.equal(await refusal(node.call('GlobalAbort', ghost(committed))), conflict)
  assert.deepEqual(await node.call('GlobalCommit', ghost(committed)), ACK)
  assert.equal((await node.call('Search', { filename }))['found'], false)
})

test('O14 P8 the abort of T2 does not free the lock of T1; plain calls respect it', async () => {
  const [t1, t2, t3] = [randomUUID(), randomUUID(), randomUUID()]
  const locked = 'ABORTED PICTURE_LOCKED'
  assert.deepEqual(await node.call('VoteRequest', ghost(t1)), YES)
  assert.deepEqual(await node.call('VoteRequest', ghost(t2)), NO)
  assert.deepEqual(await node.call('GlobalAbort', ghost(t2)), ACK)
  assert.deepEqual(await node.call('VoteRequest', ghost(t3)), NO)
  const data = Buffer.from('other')
  assert.equal(await refusal(node.call('Upload', { filename, data })), locked)
  assert.equal(await refusal(node.call('Delete', { filename })), locked)
  assert.equal(await refusal(node.call('Like', { filename })), locked)
  const single = await cluster.upload(filename, 'other', 'grpc-node1')
  assert.deepEqual([single.status, single.body['code']], [409, 'PICTURE_LOCKED'])
  const { body } = await cluster.deleteEverywhere(filename)
  assert.deepEqual(body['votes'], [
    { node: 'grpc-node1', vote: 'VoteAbort', reason: 'PICTURE_LOCKED' },
  ])
  assert.equal((await node.call('Search', { filename }))['found'], true, 'reads go on')
  assert.deepEqual(await node.call('GlobalCommit', ghost(t1)), ACK)
  assert.equal((await node.call('Search', { filename }))['found'], false)
  assert.equal(
    await refusal(node.call('GlobalCommit', ghost(t2))),
    'FAILED_PRECONDITION DECISION_CONFLICT',
  )
})

test('empty and malformed ids, names and coordinators are refused by every call that takes them', async () => {
  const good = ghost(randomUUID())
  const bad: Message[] = [
    ...['', ' ', 'a b', 'x'.repeat(129), 'é', 'a\nb', 'a\0'].map((transaction_id) => ({
      transaction_id,
    })),
    ...['', 'x'.repeat(64), 'a b', '../x'.padEnd(70, 'x')].map((coordinator_id) => ({
      coordinator_id,
    })),
    ...['', '.', '..', '../a', 'a\\b', 'a\0b', 'a\nb', 'x'.repeat(256)].map((name) => ({
      filename: name,
    })),
  ]
  for (const wrong of bad) {
    for (const method of ['VoteRequest', 'GlobalCommit', 'GlobalAbort']) {
      const answer = await refusal(node.call(method, { ...good, ...wrong }))
      assert.match(
        answer,
        /^INVALID_ARGUMENT INVALID_(ARGUMENT|NAME)$/,
        JSON.stringify([method, wrong]),
      )
    }
  }
  for (const name of ['', '..', '../a', 'x'.repeat(256)]) {
    for (const method of ['Upload', 'Search', 'Download', 'Delete', 'Like']) {
      const answer = await refusal(node.call(method, { filename: name, data: Buffer.from('x') }))
      assert.equal(answer, 'INVALID_ARGUMENT INVALID_NAME', `${method} ${name}`)
    }
  }
  const empty = refusal(node.call('Upload', { filename, data: Buffer.alloc(0) }))
  assert.equal(await empty, 'INVALID_ARGUMENT EMPTY_PICTURE')
  const likes = await node.call('Like', { filename })
  assert.deepEqual(likes, { success: true, likes: 1 }, 'nothing is locked, nothing replaced')
})

test('a coordinator that is not configured is refused', async () => {
  const foreign = { ...ghost(randomUUID()), coordinator_id: 'http-node9' }
  for (const method of ['VoteRequest', 'GlobalCommit', 'GlobalAbort']) {
    const refused = 'PERMISSION_DENIED UNKNOWN_COORDINATOR'
    assert.equal(await refusal(node.call(method, foreign)), refused, method)
  }
  const mine = randomUUID()
  assert.deepEqual(await node.call('VoteRequest', ghost(mine)), YES)
  const stolen = { ...ghost(mine), coordinator_id: 'http-node1' }
  assert.equal(
    await refusal(node.call('GlobalCommit', stolen)),
    'PERMISSION_DENIED UNKNOWN_COORDINATOR',
  )
  assert.deepEqual(await node.call('GlobalAbort', ghost(mine)), ACK)
})

test('added fields: unsafe integers, unknown operations, long lists, absent bytes are refused', async () => {
  const id = randomUUID()
  const good = { transactionId: id, coordinatorId: 'ghost', filename }
  const sha256 = Buffer.alloc(32)
  const bad = [
    ...[2 ** 53, 2 ** 62, -1].flatMap((value) => [
      { order: { epoch: value, number: 1 } },
      { order: { epoch: 1, number: value } },
      { finishedBefore: { epoch: value, number: 1 } },
      { operation: 'UPLOAD' as const, staged: { size: value, sha256, uploadTime: 1 } },
      { operation: 'UPLOAD' as const, staged: { size: 1, sha256, uploadTime: value } },
    ]),
    { operation: 7 as never },
    { operation: -1 as never },
    { operation: 'UPLOAD' as const },
    { operation: 'UPLOAD' as const, staged: { size: 1, sha256: Buffer.alloc(31), uploadTime: 1 } },
    { participants: Array.from({ length: 65 }, (_, index) => `n${index}`) },
    { participants: ['grpc-node1', ''] },
    { coordinatorDisk: 'x'.repeat(65) },
  ]
  for (const wrong of bad) {
    const answer = await refusal(full.unary('VoteRequest', { ...good, ...wrong }, deadline))
    assert.equal(answer, 'INVALID_ARGUMENT INVALID_ARGUMENT', JSON.stringify(wrong))
  }
  const absent = { operation: 'UPLOAD' as const, staged: { size: 1, sha256, uploadTime: 1 } }
  const vote = await full.unary('VoteRequest', { ...good, ...absent }, deadline)
  assert.deepEqual([vote.voteGranted, vote.reason], [false, 'NOT_STAGED'])
  assert.deepEqual(await node.call('Like', { filename }), { success: true, likes: 1 })
})

test('T4 a message over 4 MiB is refused with a clear status; larger pictures stream', async () => {
  const data = Buffer.alloc(4 * 1024 * 1024 + 1)
  assert.equal(await refusal(node.call('Upload', { filename: 'big', data })), 'RESOURCE_EXHAUSTED')
  const fits = data.subarray(0, 4 * 1024 * 1024 - 64)
  assert.equal((await node.call('Upload', { filename: 'fits', data: fits }))['success'], true)
  const back = (await node.call('Download', { filename: 'fits' }))['data']
  assert.ok(Buffer.isBuffer(back) && back.equals(fits))
  assert.equal((await cluster.upload('big', Buffer.alloc(10 * 1024 * 1024, 7))).status, 200)
  const whole = refusal(node.call('Download', { filename: 'big' }))
  assert.equal(await whole, 'FAILED_PRECONDITION MESSAGE_TOO_LARGE')
  const streamed = await fetch(`${cluster.url}/download/big`)
  assert.equal((await streamed.arrayBuffer()).byteLength, 10 * 1024 * 1024)
  assert.equal((await cluster.deleteEverywhere('big')).status, 200)
})

test('what is no message of ours is refused and the connection lives', async () => {
  const { path } = node.method('VoteRequest')
  const garbage = [
    Buffer.from([0xff, 0xff, 0xff]),
    Buffer.from([0x0a, 0x7f, 0x00]),
    Buffer.alloc(9),
  ]
  for (const bytes of garbage) {
    const call = new Promise((resolve, reject) => {
      node.raw.makeUnaryRequest(
        path,
        (value: Buffer) => value,
        (value: Buffer) => value,
        bytes,
        (error, reply) => (error === null ? resolve(reply) : reject(error)),
      )
    })
    assert.match(await refusal(call), /^(INTERNAL|INVALID_ARGUMENT.*)$/)
  }
  const unknown = new Promise((resolve, reject) => {
    node.raw.makeUnaryRequest(
      '/PictureService/Nothing',
      () => Buffer.alloc(0),
      (value: Buffer) => value,
      {},
      (error, reply) => (error === null ? resolve(reply) : reject(error)),
    )
  })
  assert.equal(await refusal(unknown), 'UNIMPLEMENTED')
  assert.equal((await node.call('Health'))['status'], 'healthy')
})

test('gRPC health and reflection answer, on participant and coordinator', async () => {
  const require = createRequire(import.meta.url)
  const reflection = require.resolve('@grpc/reflection')
  const file = reflection.replace(/src\/.*$/, 'proto/grpc/reflection/v1/reflection.proto')
  const ports = [
    [cluster.participantPorts[0], ['PictureService', 'coordinator.DecisionService']],
    [cluster.coordinatorGrpcPort, ['coordinator.DecisionService']],
  ] as const
  for (const [port, services] of ports) {
    const address = `127.0.0.1:${port}`
    const health = new PlainClient(address, loadSync(protoPath), 'grpc.health.v1.Health')
    assert.equal(Number((await health.call('Check', { service: '' }))['status']), 1)
    assert.equal(await refusal(health.call('Check', { service: 'none' })), 'NOT_FOUND')
    health.close()
    const reflect = new PlainClient(address, loadSync(file), 'grpc.reflection.v1.ServerReflection')
    const method = reflect.method('ServerReflectionInfo')
    const stream = reflect.raw.makeBidiStreamRequest(
      ...([method.path, method.requestSerialize, method.responseDeserialize] as const),
      new grpc.Metadata(),
    )
    stream.write({ listServices: '*' })
    stream.end()
    const listed: string[] = []
    for await (const { listServicesResponse } of stream as AsyncIterable<{
      listServicesResponse: { service: { name: string }[] }
    }>) {
      // @grpc/reflection writes a name without a package with the dot of an absolute one.
      listed.push(...listServicesResponse.service.map(({ name }) => name.replace(/^\./, '')))
    }
    for (const service of services) assert.ok(listed.includes(service), `${service} in ${listed}`)
    reflect.close()
  }
})
