import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { createLogger } from '../../../common/logger.ts'
import { CallFailed } from '../ask.ts'
import { Cluster } from '../cluster.ts'
import { TrackStream } from '../track-stream.ts'
import { FakeCluster } from './fake-cluster.ts'

let nodes: FakeCluster
let cluster: Cluster
let stream: TrackStream
const answered: (readonly [number, string])[] = []
beforeEach(async () => {
  nodes = await FakeCluster.start(2)
  nodes.streams = true
  const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
  cluster = new Cluster(nodes.endpoints, log)
  answered.length = 0
  stream = new TrackStream({
    ...{ cluster, clientId: randomUUID(), timeoutMs: 60_000 },
    answered: (requestId, code) => answered.push([requestId, code]),
  })
})
afterEach(() => {
  stream.close()
  cluster.close()
  nodes.stop()
})

const trackOf = (id: string, title = '') => ({ id, title, artist: '', duration: 1 })

test('L16 what was sent to a node that names another leader may take effect, whatever that one says', async () => {
  nodes.leader = 2
  const code = status.FAILED_PRECONDITION
  nodes.behave = ({ node }) => (node === 1 ? 'hang' : { code, details: 'not now' })
  stream.add(1, trackOf('a'))
  await assert.rejects(stream.settled(), (error) => {
    assert.ok(error instanceof CallFailed)
    assert.deepEqual([error.outcome, error.failure.message], ['unknown', 'not now'])
    return true
  })
})

test('tracks with texts of any length go in messages that a node takes', async () => {
  const long = 'x'.repeat(60_000)
  const numbers = Array.from({ length: 100 }, (_, i) => i + 1)
  for (const number of numbers) stream.add(number, trackOf(`t${number}`, long))
  await stream.settled()
  assert.deepEqual(
    answered,
    numbers.map((number) => [number, 'APPLIED']),
  )
  assert.equal(nodes.applied, 100)
})

test('a stream on which nothing was asked for long is not given up when something is', async () => {
  stream.add(1, trackOf('a'))
  await stream.settled()
  await sleep(3500)
  nodes.behave = () => 'hang'
  stream.add(2, trackOf('b'))
  await sleep(1000)
  assert.deepEqual(
    nodes.seen.map(({ node, requestId }) => [node, requestId]),
    [
      [1, '1'],
      [1, '2'],
    ],
  )
})
