import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { createLogger } from '../../../common/logger.ts'
import { freePort } from '../../../test/ports.ts'
import { CallFailed } from '../ask.ts'
import { QueueClient } from '../client.ts'
import type { Endpoint } from '../endpoints.ts'
import { FakeCluster } from './fake-cluster.ts'

const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
const CLIENT = '2894e6fd-267d-42d8-9b3e-8c383bed93ce'
const identity = { clientId: CLIENT, requestId: 41 }
const track = { id: 'a', title: 'A', artist: 'B', duration: 1 }

let cluster: FakeCluster
let clients: QueueClient[] = []
before(async () => {
  cluster = await FakeCluster.start(3)
})
afterEach(() => {
  for (const client of clients) client.close()
  clients = []
  cluster.behave = () => 'serve'
  cluster.seen.length = 0
  cluster.tracks.length = 0
  cluster.applied = 0
  cluster.leader = 1
})
after(() => cluster.stop())

function open(timeoutMs = 5000, endpoints: readonly Endpoint[] = cluster.endpoints): QueueClient {
  const client = new QueueClient({ endpoints, timeoutMs, log })
  clients.push(client)
  return client
}

/** A client id of its own for each test: the fake cluster remembers. */
function fresh() {
  return { clientId: crypto.randomUUID(), requestId: 1 }
}

async function failure(call: Promise<unknown>): Promise<CallFailed> {
  try {
    await call
  } catch (error) {
    assert.ok(error instanceof CallFailed, String(error))
    return error
  }
  return assert.fail('the call succeeded')
}

test('R16 L16 an attempt that was applied and not answered is repeated with the same identity', async () => {
  cluster.behave = ({ node }) => (node === 1 ? { after: status.UNAVAILABLE } : 'serve')
  const { answer, leader, term } = await open().addTrack(track, identity)
  assert.equal(answer.message, 'Queued by Leader')
  assert.deepEqual([leader, term], [1, 7])
  assert.equal(cluster.applied, 1)
  assert.deepEqual(
    cluster.seen.map(({ node, clientId, requestId, caller }) => [
      node,
      clientId,
      requestId,
      caller,
    ]),
    [
      [1, CLIENT, '41', '0'],
      [2, CLIENT, '41', '0'],
    ],
  )
})

test('L16 an outcome that never becomes known is called unknown, not refused', async () => {
  cluster.behave = () => ({
    code: status.DEADLINE_EXCEEDED,
    details: 'x',
    error: 'OUTCOME_UNKNOWN',
  })
  const { outcome, failure: last } = await failure(open(1000).addTrack(track, fresh()))
  assert.equal(outcome, 'unknown')
  assert.equal(last.code, 'OUTCOME_UNKNOWN')
})

test('L16 one unsure attempt followed by clear ones leaves the outcome unknown', async () => {
  cluster.behave = ({ node }) =>
    node === 1 && cluster.seen.length === 1
      ? { after: status.UNAVAILABLE }
      : { code: status.UNAVAILABLE, details: 'No Leader Elected Yet', error: 'NO_LEADER' }
  const { outcome } = await failure(open(1000).addTrack(track, fresh()))
  assert.equal(outcome, 'unknown')
})

test('a refusal for what the request is comes back at once and is not repeated', async () => {
  cluster.behave = () => ({ code: status.INVALID_ARGUMENT, details: 'id must be 1–128 bytes' })
  const { outcome, message } = await failure(open().addTrack({ ...track, id: '' }, fresh()))
  assert.equal(outcome, 'refused')
  assert.equal(message, 'id must be 1–128 bytes')
  assert.equal(cluster.seen.length, 1)
})

test('no leader is waited for; an answer that says so to the end is a refusal', async () => {
  let asked = 0
  cluster.behave = ({ rpc }) => {
    asked += 1
    if (asked > 5) return 'serve'
    return rpc === 'AddTrack'
      ? { answer: { message: 'No Leader Elected Yet' } }
      : { code: status.UNAVAILABLE, details: 'No Leader Elected Yet' }
  }
  assert.equal((await open().addTrack(track, fresh())).answer.message, 'Queued by Leader')
  assert.equal(asked, 6)
  asked = Number.NEGATIVE_INFINITY // nobody leads any more
  const { outcome, message } = await failure(open(1000).addTrack(track, fresh()))
  assert.deepEqual([outcome, message], ['refused', 'No Leader Elected Yet'])
  assert.equal((await failure(open(1000).playNext(fresh()))).outcome, 'refused')
})

test('overload is asked again later, and is no effect when it stays', async () => {
  cluster.behave = () => ({ code: status.RESOURCE_EXHAUSTED, details: 'full', error: 'OVERLOADED' })
  assert.equal((await failure(open(1000).addTrack(track, fresh()))).outcome, 'refused')
  assert.ok(cluster.seen.length > 3)
})

test('L14 the leader named in the trailers is asked first from then on', async () => {
  cluster.leader = 3
  const client = open()
  const id = fresh()
  await client.addTrack(track, id)
  await client.voteTrack('a', true, { ...id, requestId: 2 })
  await client.getQueue()
  assert.deepEqual(
    cluster.seen.map(({ node }) => node),
    [1, 3, 3],
  )
})

test('a hint in a refusal is followed; to a node that is gone, only once a round', async () => {
  const gone = { id: 3, address: `127.0.0.1:${await freePort()}` }
  cluster.leader = 3
  cluster.behave = ({ node }) =>
    node === 1 ? { code: status.FAILED_PRECONDITION, details: 'n', error: 'NOT_LEADER' } : 'serve'
  const endpoints = [...cluster.endpoints.slice(0, 2), gone]
  await open(5000, endpoints).addTrack(track, fresh())
  assert.deepEqual(
    cluster.seen.map(({ node }) => node),
    [1, 2],
  )
})

test('T2 a node that is silent uses up one attempt, not the whole time', async () => {
  cluster.behave = ({ node }) => (node === 1 ? 'swallow' : 'serve')
  const { answer } = await open(8000).addTrack(track, fresh())
  assert.equal(answer.message, 'Queued by Leader')
  assert.equal(cluster.applied, 1)
})

test('a closed port: nothing left this process, so nothing took effect', async () => {
  const endpoints = [{ id: 1, address: `127.0.0.1:${await freePort()}` }]
  const { outcome, failure: last } = await failure(open(1000, endpoints).addTrack(track, fresh()))
  assert.deepEqual([outcome, last.unreachable], ['refused', true])
})

test('a read has no outcome to be unsure about', async () => {
  cluster.behave = () => 'hang'
  assert.equal((await failure(open(1000).getQueue())).outcome, 'refused')
})

test('an interruption while a write is under way leaves its outcome unknown', async () => {
  const stop = new AbortController()
  cluster.behave = () => {
    setImmediate(() => stop.abort())
    return 'swallow'
  }
  const options = { endpoints: cluster.endpoints, timeoutMs: 5000, log, signal: stop.signal }
  const client = new QueueClient(options)
  clients.push(client)
  assert.equal((await failure(client.addTrack(track, fresh()))).outcome, 'unknown')
  assert.equal((await failure(client.addTrack(track, fresh()))).outcome, 'refused')
  assert.equal(cluster.seen.length, 1)
})
