import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { createLogger } from '../../common/logger.ts'
import type { Service } from '../../common/rpc.ts'
import { createClient } from '../../common/rpc-client.ts'
import { serve, startServer } from '../../common/rpc-server.ts'
import type { CoordinatorMessage } from '../../protos/types/CoordinatorMessage.ts'
import type { ParticipantBatch__Output } from '../../protos/types/ParticipantBatch.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import { eventually } from '../../test/child.ts'
import { freePort } from '../../test/ports.ts'
import { pictureService } from '../shell/wire.ts'
import { coordinatorWording, participantWording } from '../shell/wording.ts'
import { Exchanges } from './exchange.ts'

type OnlyExchange = Pick<PictureServiceDefinition, 'Exchange'>
const exchangeService: Service<OnlyExchange> = {
  packageDefinition: pictureService.packageDefinition,
  definition: { Exchange: pictureService.definition.Exchange },
}

const nobodyCommits = () => Promise.reject(new CodedError('UNKNOWN_TRANSACTION'))
const votesYes = () => Promise.resolve({ voteGranted: true, nodeId: 'grpc-node1' })

/** A participant that only knows Exchange, and a coordinator's channel to it. */
async function start(t: TestContext, calls: Partial<ConstructorParameters<typeof Exchanges>[0]>) {
  const lines: string[] = []
  const { log } = createLogger({
    ...{ node: 'grpc-node1', level: 'info', format: 'pretty' },
    destination: { write: (line) => lines.push(line.replace(/^\S+ /, '').trimEnd()) },
  })
  const silent = createLogger({ node: 'http-node1', level: 'silent', format: 'json' }).log
  const exchanges = new Exchanges({ vote: votesYes, decide: nobodyCommits, ...calls }, log)
  let serving = 0
  const server = await startServer({
    ...{ host: '127.0.0.1', port: await freePort(), node: 'grpc-node1', log },
    wording: participantWording,
    served: [
      serve(exchangeService, {
        unary: {},
        bidirectional: {
          Exchange: async (call) => {
            serving += 1
            await exchanges.serve(call).finally(() => {
              serving -= 1
            })
          },
        },
      }),
    ],
  })
  const client = createClient(exchangeService, `127.0.0.1:${server.port}`, {
    ...{ log: silent, node: 'http-node1', peer: 'grpc-node1', wording: coordinatorWording },
  })
  t.after(() => client.close())
  t.after(() => server.close(100))
  const open = () => {
    const stream = client.bidirectional('Exchange', { deadlineMs: 10_000 })
    const batches: ParticipantBatch__Output[] = []
    stream.on('data', (batch: ParticipantBatch__Output) => batches.push(batch))
    const ended = new Promise<status>((resolve) => {
      stream.on('status', ({ code }) => resolve(code))
      stream.on('error', () => undefined)
    })
    return { stream, batches, ended }
  }
  return { exchanges, server, lines, open, serving: () => serving }
}

const ref = (transactionId: string) => ({ transactionId, coordinatorId: 'http-node1' })
const vote = (callId: number): CoordinatorMessage => ({ callId, voteRequest: ref(`t${callId}`) })
const commit = (callId: number): CoordinatorMessage => ({ callId, globalCommit: ref(`t${callId}`) })

test('requests of one message are answered by themselves and together, each in the fixed words', async (t) => {
  const { open, lines } = await start(t, {
    decide: () => Promise.resolve({ success: true, nodeId: 'grpc-node1' }),
  })
  const { stream, batches } = open()
  stream.write({ messages: [vote(1), commit(2), { callId: 3, globalAbort: ref('t3') }] })
  await once(stream, 'data')
  assert.deepEqual(
    batches.map(({ messages }) => messages.map(({ callId, reply }) => [callId, reply])),
    [
      [
        [1, 'vote'],
        [2, 'ack'],
        [3, 'ack'],
      ],
    ],
  )
  const received = (phase: string, rpc: string) =>
    `INFO  Phase ${phase} of Node grpc-node1 received RPC ${rpc} from Phase ${phase} of Node http-node1`
  const sent = (phase: string, rpc: string) =>
    `INFO  Phase ${phase} of Node grpc-node1 sends RPC ${rpc} to Phase ${phase} of Node http-node1`
  assert.deepEqual(lines, [
    received('Voting', 'VoteRequest'),
    received('Decision', 'GlobalCommit'),
    received('Decision', 'GlobalAbort'),
    sent('Voting', 'VoteCommit'),
    sent('Decision', 'Ack'),
    sent('Decision', 'Ack'),
  ])
})

test('O15 a refusal keeps its code and sentence, reads like that of a call, and ends nothing', async (t) => {
  const { open, lines } = await start(t, {
    vote: () => Promise.reject(new Error('a secret path')),
  })
  const { stream, batches } = open()
  stream.write({ messages: [commit(1), { callId: 2 }, vote(3)] })
  await once(stream, 'data')
  const answers = batches.flatMap(({ messages }) => messages)
  const refusals = [1, 2, 3].map((id) => answers.find(({ callId }) => callId === id)?.refused)
  assert.deepEqual(
    refusals.map((refused) => refused?.code),
    ['UNKNOWN_TRANSACTION', 'INVALID_ARGUMENT', 'INTERNAL'],
  )
  const { message } = new CodedError('UNKNOWN_TRANSACTION')
  assert.equal(refusals[0]?.details, message)
  assert.ok(!refusals[2]?.details.includes('secret'))
  assert.ok(
    lines.includes(
      `WARN  Node grpc-node1 refuses RPC GlobalCommit called by Node http-node1 · FAILED_PRECONDITION: ${message}`,
    ),
    lines.join('\n'),
  )
  stream.write({ messages: [commit(4)] })
  await once(stream, 'data')
  assert.equal(batches.at(-1)?.messages[0]?.callId, 4)
})

test('a node that stops answers what has arrived, refuses what comes later, and ends the stream', async (t) => {
  let answer: () => void = () => undefined
  const asked: string[] = []
  const { open, exchanges, server } = await start(t, {
    vote: ({ transactionId }) => {
      asked.push(transactionId)
      return new Promise((resolve) => {
        answer = () => resolve({ voteGranted: true, nodeId: 'grpc-node1' })
      })
    },
  })
  const [busy, idle] = [open(), open()]
  idle.stream.write({ messages: [commit(1)] })
  await once(idle.stream, 'data')
  busy.stream.write({ messages: [vote(1)] })
  await eventually('the request has arrived', async () => asked.length === 1)
  exchanges.stop()
  assert.equal(await idle.ended, status.OK)
  busy.stream.write({ messages: [vote(2)] })
  await once(busy.stream, 'data')
  assert.equal(busy.batches[0]?.messages[0]?.refused?.code, 'STOPPING')
  assert.equal(await open().ended, status.UNAVAILABLE, 'a new stream is refused')
  answer()
  assert.equal(await busy.ended, status.OK)
  assert.deepEqual(
    busy.batches.map(({ messages }) => messages.map(({ callId, reply }) => [callId, reply])),
    [[[2, 'refused']], [[1, 'vote']]],
  )
  assert.deepEqual(asked, ['t1'])
  await server.close(60_000)
})

test('too many requests in one message end the stream, and none of them is run', async (t) => {
  let asked = 0
  const { open, serving } = await start(t, {
    vote: () => {
      asked += 1
      return votesYes()
    },
  })
  const { stream, ended } = open()
  stream.write({ messages: Array.from({ length: 1025 }, (_, index) => vote(index)) })
  assert.equal(await ended, status.INVALID_ARGUMENT)
  assert.equal(asked, 0)
  await eventually('it is forgotten', async () => serving() === 0)
})

test('a stream that the coordinator gives up is forgotten', async (t) => {
  const { open, serving } = await start(t, { vote: () => new Promise(() => undefined) })
  const { stream } = open()
  stream.write({ messages: [vote(1)] })
  await eventually('it is served', async () => serving() === 1)
  stream.cancel()
  await eventually('it is forgotten', async () => serving() === 0)
})

test('a coordinator that does not read its answers is cut off before they fill the memory', async () => {
  const { log } = createLogger({ node: 'grpc-node1', level: 'silent', format: 'json' })
  const exchanges = new Exchanges({ vote: votesYes, decide: nobodyCommits }, log)
  let written = 0
  const call = Object.assign(
    new Duplex({
      objectMode: true,
      read: () => undefined,
      write: () => {
        written += 1 // and is never done with it
      },
    }),
    { sendMetadata: () => undefined },
  )
  const served = exchanges.serve(call as unknown as Parameters<Exchanges['serve']>[0])
  let over = false
  const cut = assert.rejects(served, { code: 'OVERLOADED' }).then(() => {
    over = true
  })
  for (let callId = 1; callId < 10_000 && !over; callId++) {
    call.emit('data', { messages: [vote(callId)] })
    await new Promise((resolve) => setImmediate(resolve))
  }
  await cut
  assert.equal(written, 1)
  assert.equal(call.writableLength, 4097)
})
