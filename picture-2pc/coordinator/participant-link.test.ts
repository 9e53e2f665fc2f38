import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import { createLogger } from '../../common/logger.ts'
import { createClient } from '../../common/rpc-client.ts'
import type { CoordinatorBatch__Output } from '../../protos/types/CoordinatorBatch.ts'
import type { ParticipantBatch } from '../../protos/types/ParticipantBatch.ts'
import { eventually } from '../../test/child.ts'
import { freePort } from '../../test/ports.ts'
import type { VoteRequest } from '../protocol/messages.ts'
import { pictureService } from '../shell/wire.ts'
import { coordinatorWording } from '../shell/wording.ts'
import { ParticipantLink } from './participant-link.ts'

type Exchange = grpc.ServerDuplexStream<CoordinatorBatch__Output, ParticipantBatch>
const {
  Exchange,
  VoteRequest: Vote,
  GlobalCommit: Commit,
  GlobalAbort: Abort,
} = pictureService.definition
const yes = { voteGranted: true, nodeId: 'grpc-node1' }

/** What a participant was asked, and how. */
class Fake {
  readonly calls: string[] = []
  readonly streams: Exchange[] = []
  readonly batches: CoordinatorBatch__Output[] = []
  /** What happens to a batch; every request is answered with a yes unless a test says otherwise. */
  onBatch = (stream: Exchange, { messages }: CoordinatorBatch__Output) => {
    stream.write({ messages: messages.map(({ callId }) => ({ callId, vote: yes })) })
  }

  /** The calls of the original system. */
  original(): grpc.UntypedServiceImplementation {
    const unary =
      (name: string, reply: object) =>
      (_call: grpc.ServerUnaryCall<unknown, unknown>, done: grpc.sendUnaryData<unknown>) => {
        this.calls.push(name)
        done(null, reply)
      }
    const ack = { success: true, nodeId: 'grpc-node1' }
    return {
      VoteRequest: unary('VoteRequest', yes),
      GlobalCommit: unary('GlobalCommit', ack),
      GlobalAbort: unary('GlobalAbort', ack),
    }
  }

  exchange(): grpc.UntypedServiceImplementation {
    return {
      Exchange: (stream: Exchange) => {
        this.streams.push(stream)
        stream.sendMetadata(new grpc.Metadata())
        stream.on('data', (batch: CoordinatorBatch__Output) => {
          this.batches.push(batch)
          this.onBatch(stream, batch)
        })
        stream.on('end', () => stream.end())
      },
    }
  }
}

async function start(t: TestContext, { exchange = true } = {}) {
  const fake = new Fake()
  const server = new grpc.Server()
  server.addService(
    { VoteRequest: Vote, GlobalCommit: Commit, GlobalAbort: Abort },
    fake.original(),
  )
  if (exchange) server.addService({ Exchange }, fake.exchange())
  const port = await freePort()
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    )
  })
  const lines: string[] = []
  const { log } = createLogger({
    ...{ node: 'http-node1', level: 'info', format: 'pretty' },
    destination: { write: (line) => lines.push(line.replace(/^\S+ [A-Z]+ +/, '').trimEnd()) },
  })
  const client = createClient(pictureService, `127.0.0.1:${port}`, {
    ...{ log, node: 'http-node1', peer: 'grpc-node1', wording: coordinatorWording },
  })
  const link = new ParticipantLink('grpc-node1', client)
  t.after(() => {
    link.close()
    client.close()
    server.forceShutdown()
  })
  const vote = (deadlineMs = 10_000) => link.vote(request, deadlineMs)
  /** Until requests travel on the stream. */
  const streaming = () =>
    eventually('requests travel on a stream', async () => {
      const before = fake.batches.length
      await vote()
      return fake.batches.length > before
    })
  return { fake, server, link, lines, vote, streaming }
}

const place = { epoch: 1, number: 1 }
const ref = {
  ...{ transactionId: 't1', coordinatorId: 'http-node1', coordinatorDisk: 'd1' },
  ...{ filename: 'demo.png', order: place, finishedBefore: place },
}
const participants = ['grpc-node1']
const request: VoteRequest = {
  ...{ kind: 'VoteRequest', ...ref, participants, operation: { kind: 'delete' } },
}
const sent = (rpc: string) => `Node http-node1 sends RPC ${rpc} to Node grpc-node1`

test('a participant that knows only the original calls is asked with these', async (t) => {
  const { fake, link, lines, vote } = await start(t, { exchange: false })
  for (let round = 0; round < 3; round++) {
    assert.equal((await vote()).voteGranted, true)
    assert.equal((await link.decide({ kind: 'GlobalCommit', ...ref }, 10_000)).success, true)
    assert.equal((await link.decide({ kind: 'GlobalAbort', ...ref }, 10_000)).success, true)
  }
  const rpcs = ['VoteRequest', 'GlobalCommit', 'GlobalAbort']
  assert.deepEqual(fake.calls, [...rpcs, ...rpcs, ...rpcs])
  assert.deepEqual(lines, fake.calls.map(sent))
})

test('requests of one turn share a message, each is logged and answered by itself', async (t) => {
  const { fake, lines, vote, streaming } = await start(t)
  await streaming()
  const [calls, batches] = [fake.calls.length, fake.batches.length]
  lines.length = 0
  fake.onBatch = (stream, { messages }) => {
    // The last first, each in a message of its own, all but the first with a no.
    for (const { callId } of messages.toReversed()) {
      const voteGranted = callId === messages[0]?.callId
      stream.write({ messages: [{ callId, vote: { voteGranted, nodeId: 'grpc-node1' } }] })
    }
  }
  const votes = await Promise.all(Array.from({ length: 300 }, () => vote()))
  assert.deepEqual(
    fake.batches.slice(batches).map(({ messages }) => messages.length),
    [256, 44],
  )
  assert.deepEqual(
    votes.flatMap(({ voteGranted }, index) => (voteGranted ? [index] : [])),
    [0, 256],
  )
  assert.deepEqual(
    lines,
    Array.from({ length: 300 }, () => sent('VoteRequest')),
  )
  assert.equal(fake.calls.length, calls, 'no call of its own')
})

test('T2 a participant that is not there is silent, in the same words', async (t) => {
  const { server, vote } = await start(t)
  server.forceShutdown()
  const message = 'no answer within 50 ms'
  await assert.rejects(vote(50), { code: grpc.status.DEADLINE_EXCEEDED, message })
})

test('T2 each request has its own deadline; an answer after it counts for nothing', async (t) => {
  const { fake, vote, streaming } = await start(t)
  await streaming()
  const held: CoordinatorBatch__Output[] = []
  fake.onBatch = (_stream, batch) => held.push(batch)
  const late = assert.rejects(vote(50), {
    code: grpc.status.DEADLINE_EXCEEDED,
    message: 'no answer within 50 ms',
  })
  const patient = vote()
  await late
  const [stream] = fake.streams
  const [both] = held
  assert.ok(stream !== undefined && both !== undefined)
  stream.write({
    messages: both.messages.map(({ callId }) => ({ callId, vote: { ...yes, likes: 7 } })),
  })
  assert.equal((await patient).likes, 7)
})

test('a stream that ends fails what was under way; what comes then is a call, later a new stream', async (t) => {
  const { fake, vote, streaming } = await start(t)
  await streaming()
  const answerAll = fake.onBatch
  fake.onBatch = (stream) => stream.end()
  const calls = fake.calls.length
  await assert.rejects(vote(), { code: grpc.status.UNAVAILABLE, message: 'the stream ended' })
  fake.onBatch = answerAll
  assert.equal((await vote()).voteGranted, true)
  assert.equal(fake.calls.length, calls + 1)
  await streaming()
  fake.onBatch = (stream) => stream.emit('error', { code: grpc.status.INTERNAL, details: 'broken' })
  await assert.rejects(vote(), { code: grpc.status.INTERNAL })
  assert.equal((await vote()).voteGranted, true)
})

test('P1 a refusal rejects with its sentence, an answer that says nothing rejects too', async (t) => {
  const { fake, link, streaming, vote } = await start(t)
  await streaming()
  const refused = { code: 'UNKNOWN_TRANSACTION', details: 'never prepared' }
  fake.onBatch = (stream, { messages }) =>
    stream.write({ messages: messages.map(({ callId }) => ({ callId, refused })) })
  await assert.rejects(link.decide({ kind: 'GlobalCommit', ...ref }, 10_000), /^Error: never prep/)
  fake.onBatch = (stream, { messages }) =>
    stream.write({ messages: messages.map(({ callId }) => ({ callId })) })
  await assert.rejects(vote(), /an empty answer/)
})

test('T1 the answer of another participant counts for nothing, and its stream is left', async (t) => {
  const { fake, vote, streaming } = await start(t)
  await streaming()
  const answerAll = fake.onBatch
  fake.onBatch = (stream, { messages }) =>
    stream.write({
      messages: messages.map(({ callId }) => ({ callId, vote: { ...yes, nodeId: 'grpc-node2' } })),
    })
  await assert.rejects(vote(), /at its address answers "grpc-node2", not grpc-node1/)
  fake.onBatch = answerAll
  const streams = fake.streams.length
  await streaming()
  assert.ok(fake.streams.length > streams)
  fake.onBatch = (stream, { messages }) =>
    stream.write({
      messages: messages.map(({ callId }) => ({ callId, vote: { voteGranted: true } })),
    })
  assert.equal((await vote()).voteGranted, true, 'one that names nobody is taken')
})

test('an old stream takes no more requests and ends once its last is answered or late', async (t) => {
  const { fake, vote, streaming } = await start(t)
  await streaming()
  const [old] = fake.streams
  assert.ok(old !== undefined)
  let ended = false
  old.on('end', () => {
    ended = true
  })
  const answerAll = fake.onBatch
  fake.onBatch = () => undefined
  const batches = fake.batches.length
  const late = assert.rejects(vote(1500), { code: grpc.status.DEADLINE_EXCEEDED })
  await eventually('it is asked', () => fake.batches.length > batches)
  fake.onBatch = (stream, batch) => {
    assert.notEqual(stream, old)
    answerAll(stream, batch)
  }
  const later = performance.now.bind(performance)
  t.mock.method(performance, 'now', () => later() + 31 * 60_000)
  await streaming()
  assert.equal(fake.streams.length, 2)
  assert.equal(ended, false, 'a request is still under way on it')
  await late
  await eventually('it ends', () => ended)
})

test('closing fails what is under way', async (t) => {
  const { fake, link, vote, streaming } = await start(t)
  await streaming()
  const batches = fake.batches.length
  fake.onBatch = () => undefined
  const pending = assert.rejects(vote(), { code: grpc.status.CANCELLED })
  await eventually('it is asked', () => fake.batches.length > batches)
  link.close()
  await pending
})
