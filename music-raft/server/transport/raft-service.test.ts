import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { createLogger } from '../../../common/logger.ts'
import { createClient } from '../../../common/rpc-client.ts'
import { plainWording } from '../../../common/rpc-log.ts'
import { startServer } from '../../../common/rpc-server.ts'
import { freePort } from '../../../test/ports.ts'
import { raftService } from '../wire/raft-wire.ts'
import { Exchanges } from './exchanges.ts'
import { raftServed } from './raft-service.ts'
import { WaitingCalls } from './waiting-calls.ts'

/** An InstallSnapshot to a node 1 whose core hears nothing. */
async function start(t: TestContext) {
  const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
  const received: unknown[] = []
  const served = raftServed({
    membership: {
      id: 1,
      clusterId: () => 'c1',
      isMember: (id) => id === 2,
      adoptCluster: () => undefined,
    },
    calls: new WaitingCalls(),
    receive: (message) => received.push(message),
    position: () => ({ term: 0, lastIndex: 0 }),
    exchanges: new Exchanges(),
    write: async ({ callId }) => ({ callId }),
  })
  const server = await startServer({
    ...{ host: '127.0.0.1', port: await freePort(), node: '1', log, wording: plainWording },
    served: [served],
  })
  const client = createClient(raftService, `127.0.0.1:${server.port}`, {
    ...{ log, node: '2', peer: '1', wording: plainWording },
  })
  t.after(() => client.close())
  t.after(() => server.close(100))
  const stream = client.bidirectional('InstallSnapshot', { deadlineMs: 10_000 })
  stream.on('data', () => undefined)
  stream.on('error', () => undefined)
  const ended = new Promise<status>((resolve) => {
    stream.on('status', ({ code }) => resolve(code))
  })
  return { stream, ended, received, server }
}

test('a transfer that its sender ends is over at both ends', async (t) => {
  const { stream, ended, server } = await start(t)
  stream.end()
  assert.equal(await ended, status.OK)
  await server.close(60_000)
})

test('a chunk from another cluster is refused, and the sender hears why', async (t) => {
  const { stream, ended, received } = await start(t)
  stream.write({ envelope: { clusterId: 'c2', from: 2, to: 1, sequence: 1 } })
  assert.equal(await ended, status.FAILED_PRECONDITION)
  assert.deepEqual(received, [])
})

test('R19 who names no cluster is heard where it is a member, and refused where it is not', async (t) => {
  const outsider = await start(t)
  outsider.stream.write({ envelope: { clusterId: '', from: 9, to: 1, sequence: 1 } })
  assert.equal(await outsider.ended, status.FAILED_PRECONDITION)
  const member = await start(t)
  member.stream.write({ envelope: { clusterId: '', from: 2, to: 1, sequence: 1 } })
  assert.equal(await member.ended, status.INVALID_ARGUMENT) // for want of a snapshot, no sooner
  assert.deepEqual([...outsider.received, ...member.received], [])
})
