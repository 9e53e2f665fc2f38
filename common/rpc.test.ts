import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as grpc from '@grpc/grpc-js'
import type { DecisionServiceDefinition } from '../protos/types/coordinator/DecisionService.ts'
import { eventually } from '../test/child.ts'
import { freePort } from '../test/ports.ts'
import { Relay } from '../test/proof/relay.ts'
import { CodedError } from './errors.ts'
import { createLogger } from './logger.ts'
import { loadService } from './rpc.ts'
import { createClient, hasStatus, peerChannelOptions, type RpcClient } from './rpc-client.ts'
import { plainWording } from './rpc-log.ts'
import { ERROR_CODE, type RpcServer, serve, startServer } from './rpc-server.ts'

const service = loadService<DecisionServiceDefinition>(
  'coordinator.proto',
  'coordinator.DecisionService',
)

let calls = 0
let act: () => Promise<void> = () => Promise.resolve()
const lines: string[] = []
const { log } = createLogger({
  ...{ node: 'x', level: 'info', format: 'pretty' },
  destination: { write: (line) => lines.push(line.replace(/^\S+ [A-Z]+ +/, '').trimEnd()) },
})

let server: RpcServer
let client: RpcClient<DecisionServiceDefinition>
const open = (port: number) =>
  createClient(service, `127.0.0.1:${port}`, { log, node: 'n2', peer: 'n1', wording: plainWording })

before(async () => {
  const served = serve(service, {
    unary: {
      DecisionRequest: async () => {
        calls += 1
        await act()
        return { decision: 'COMMIT' as const, nodeId: 'n1' }
      },
    },
  })
  server = await startServer({
    ...{ host: '127.0.0.1', port: await freePort(), node: 'n1', log, wording: plainWording },
    served: [served],
  })
  client = open(server.port)
})
after(async () => {
  client.close()
  await server.close(100)
})

const ask = (deadlineMs = 5000, signal?: AbortSignal) =>
  client.unary('DecisionRequest', {}, { deadlineMs, ...(signal === undefined ? {} : { signal }) })

test('an RPC is logged by who sends it and by who runs it, and so is a refusal', async () => {
  act = () => Promise.resolve()
  lines.length = 0
  assert.equal((await ask()).decision, 'COMMIT')
  assert.deepEqual(lines, [
    'Node n2 sends RPC DecisionRequest to Node n1',
    'Node n1 runs RPC DecisionRequest called by Node n2',
  ])
  act = () => Promise.reject(new CodedError('PICTURE_LOCKED'))
  await assert.rejects(ask())
  assert.match(
    lines.at(-1) ?? '',
    /^Node n1 refuses RPC DecisionRequest called by Node n2 · ABORTED: /,
  )
})

test('a coded error arrives with its status and code, a defect as INTERNAL without its text', async () => {
  act = () => Promise.reject(new CodedError('NOT_STAGED'))
  await assert.rejects(ask(), (error: grpc.ServiceError) => {
    assert.equal(hasStatus(error, grpc.status.FAILED_PRECONDITION), true)
    return error.metadata.get(ERROR_CODE)[0] === 'NOT_STAGED'
  })
  act = () => Promise.reject(new Error('a secret path'))
  await assert.rejects(ask(), (error: grpc.ServiceError) => {
    assert.equal(error.code, grpc.status.INTERNAL)
    return !error.details.includes('secret')
  })
  // A handler that throws before it waits for anything is no different.
  act = () => {
    throw new CodedError('INVALID_NAME')
  }
  await assert.rejects(ask(), { code: grpc.status.INVALID_ARGUMENT })
})

test('T6 a refused call is not repeated behind our back', async () => {
  act = () => Promise.reject(new CodedError('UNREACHABLE'))
  calls = 0
  await assert.rejects(ask(), { code: grpc.status.UNAVAILABLE })
  assert.equal(calls, 1)
  assert.equal(peerChannelOptions['grpc.enable_retries'], 0)
})

test('T2 a call ends at its deadline, or when it is given up', async () => {
  act = () => new Promise(() => undefined)
  await assert.rejects(ask(50), { code: grpc.status.DEADLINE_EXCEEDED })
  await assert.rejects(ask(5000, AbortSignal.timeout(50)), { code: grpc.status.CANCELLED })
  await assert.rejects(ask(5000, AbortSignal.abort()), { code: grpc.status.CANCELLED })
})

test('T1 reconnecting never waits longer than a second; a call may wait for it', async () => {
  assert.equal(peerChannelOptions['grpc.max_reconnect_backoff_ms'], 1000)
  act = () => Promise.resolve()
  const port = await freePort()
  const early = open(port)
  const nobody = early.unary('DecisionRequest', {}, { deadlineMs: 5000 })
  await assert.rejects(nobody, { code: grpc.status.UNAVAILABLE })
  const waiting = early.unary('DecisionRequest', {}, { deadlineMs: 10_000, waitForReady: true })
  const served = serve(service, {
    unary: { DecisionRequest: () => Promise.resolve({ nodeId: 'late' }) },
  })
  const late = await startServer({
    ...{ host: '127.0.0.1', port, node: 'late', log, wording: plainWording, served: [served] },
  })
  assert.equal((await waiting).nodeId, 'late')
  early.close()
  await late.close(100)
})

test('a method without a handler is found at start, a port in use is named', async () => {
  assert.throws(() => serve(service, { unary: {} }), /DecisionRequest has no handler/)
  const again = startServer({
    ...{ host: '127.0.0.1', port: server.port, node: 'n3', log, wording: plainWording, served: [] },
  })
  await assert.rejects(again, new RegExp(`cannot listen on 127.0.0.1:${server.port}: .*in use`))
})

test('T5 pings on an idle connection are never too many: no GOAWAY, the next call needs no new one', async () => {
  await using relay = await Relay.start(await freePort(), server.port)
  const identity = { log, node: 'n2', peer: 'n1', wording: plainWording }
  // A hundred times as often as the shipped interval: seconds stand for minutes of silence.
  const channel = { 'grpc.keepalive_time_ms': 50 }
  const pinging = createClient(service, `127.0.0.1:${relay.port}`, { ...identity, channel })
  try {
    act = () => Promise.resolve()
    assert.equal((await pinging.unary('DecisionRequest', {}, { deadlineMs: 5000 })).nodeId, 'n1')
    const before = relay.bytesThere
    const PING_BYTES = 17
    await eventually('sixty pings went', () => relay.bytesThere >= before + 60 * PING_BYTES)
    assert.ok(pinging.connected())
    assert.equal((await pinging.unary('DecisionRequest', {}, { deadlineMs: 5000 })).nodeId, 'n1')
    assert.equal(relay.carried, 1)
  } finally {
    pinging.close()
  }
})
