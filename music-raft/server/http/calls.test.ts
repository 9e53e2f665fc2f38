import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CodedError } from '../../../common/errors.ts'
import { saying, serving } from '../../../common/http/test/serving.ts'
import { createLogger } from '../../../common/logger.ts'
import { loadService } from '../../../common/rpc.ts'
import { plainWording, type RpcSeen, type Wording } from '../../../common/rpc-log.ts'
import { type CallContext, type Served, serve } from '../../../common/rpc-server.ts'
import type { AdminServiceDefinition } from '../../../protos/types/admin/AdminService.ts'
import { eventually } from '../../../test/child.ts'
import { queueService } from '../wire/queue-wire.ts'
import { send } from './answer.ts'
import { Calls } from './calls.ts'

const adminService = loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService')
const CLIENT = { 'x-client-id': '2894e6fd-267d-42d8-9b3e-8c383bed93ce', 'x-request-id': '7' }

type Handler = (request: object, call: CallContext) => Promise<object>

interface World {
  readonly calls: Calls
  readonly port: number
  readonly seen: RpcSeen[]
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly json: Record<string, unknown>
}

/** A node's calls over HTTP, with handlers of the test's own; those it has none for refuse. */
async function world(t: TestContext, handlers: Readonly<Record<string, Handler>>): Promise<World> {
  const otherwise = () => Promise.reject(new CodedError('INTERNAL'))
  const all = (definition: object): Record<string, Handler> =>
    Object.fromEntries(Object.keys(definition).map((name) => [name, handlers[name] ?? otherwise]))
  const seen: RpcSeen[] = []
  const wording: Wording = {
    ...plainWording,
    receives: (rpc) => {
      seen.push(rpc)
      return plainWording.receives(rpc)
    },
  }
  const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
  const calls = new Calls({
    ...{ node: '1', log, wording },
    queue: serve(queueService, { unary: all(queueService.definition) as never }),
    admin: serve(adminService, { unary: all(adminService.definition) as never }) as Served,
    describe: (trailer) => {
      trailer.set('x-leader', '3')
      trailer.set('x-term', '9')
    },
  })
  const port = await serving(t, (request, response) => {
    const method = calls.find(request.url ?? '')
    if (method === null) send(request, response, { status: 404, body: {} })
    else
      void calls.answer(method, request, response).then((answer) => send(request, response, answer))
  })
  const post = async (path: string, body: unknown = {}, headers = {}): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const json = (await response.json()) as Record<string, unknown>
    return { status: response.status, headers: response.headers, json }
  }
  return { calls, port, seen, post }
}

test('a call has what the same call over gRPC has: request, metadata, other end, trailer', async (t) => {
  const got: { request: object; call: CallContext }[] = []
  const { post, seen } = await world(t, {
    AddTrack: async (request, call) => {
      got.push({ request, call })
      call.trailer.set('x-leader', '2')
      return queueService.definition.AddTrack.responseSerialize({
        ...{ message: 'Queued by Leader', total: 5_000_000_000, code: 'APPLIED' },
        queue: [{ id: 'a', title: '<b>', votes: -1 }],
      })
    },
  })
  const track = { id: 'a', title: '<b>' }
  const sent = { ...CLIENT, 'x-answer': 'brief', 'x-node': 'page', 'x-other': 'nothing' }
  const { status, json, headers } = await post('queue/AddTrack', track, sent)
  assert.equal(status, 200)
  assert.deepEqual(json, {
    ...{ message: 'Queued by Leader', position: '0', total: '5000000000', code: 'APPLIED' },
    queue: [{ id: 'a', title: '<b>', artist: '', votes: -1, duration: 0 }],
  })
  assert.deepEqual([headers.get('x-leader'), headers.get('x-served-by')], ['2', '1'])
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('cache-control'), 'no-store')
  const [{ request, call } = assert.fail()] = got
  assert.deepEqual(request, { id: 'a', title: '<b>', artist: '', votes: 0, duration: 0 })
  assert.deepEqual(call.metadata.getMap(), { ...CLIENT, 'x-answer': 'brief' })
  assert.match(call.peer, /^.+:\d+$/)
  assert.deepEqual([seen.length, seen[0]?.rpc, seen[0]?.peer], [1, 'AddTrack', 'page'])
})

test('to look is no event; a list has a bound of its own', async (t) => {
  const asked: object[] = []
  const { post, seen } = await world(t, {
    GetQueue: async (request) => {
      asked.push(request)
      return { queue: [], total: 0, more: false }
    },
  })
  assert.equal((await post('queue/GetQueue')).status, 200)
  assert.equal((await post('queue/GetQueue', { offset: '5', limit: 1000 })).status, 200)
  const { status, json } = await post('queue/GetQueue', { limit: 1001 })
  assert.deepEqual([status, json['code']], [400, 'INVALID_ARGUMENT'])
  assert.match(String(json['message']), /limit must be at most 1000/)
  assert.deepEqual(asked, [
    { offset: 0, limit: 100 },
    { offset: 5, limit: 1000 },
  ])
  assert.equal(seen.length, 0)
})

test('L16 a refusal says whether it took effect, and whether to ask again', async (t) => {
  let error: Error = new CodedError('NO_LEADER')
  const fail = () => Promise.reject(error)
  const { post } = await world(t, {
    ...{ AddTrack: fail, PlayNext: fail, GetQueue: fail, RemoveServer: fail },
    VoteTrack: async () => ({ message: 'No Leader Elected Yet', code: 'NO_LEADER' }),
  })
  const expected = [
    ...[
      ['NO_LEADER', 503, 'refused', true],
      ['OVERLOADED', 503, 'refused', true],
    ],
    ...[
      ['DISK_FULL', 503, 'refused', true],
      ['STARTING', 503, 'refused', true],
    ],
    ...[
      ['NOT_LEADER', 409, 'refused', true],
      ['NOT_APPLIED', 409, 'refused', false],
    ],
    ...[
      ['TOKEN_REQUIRED', 401, 'refused', false],
      ['INVALID_ARGUMENT', 400, 'refused', false],
    ],
    ...[
      ['MEMBERSHIP_REFUSED', 409, 'refused', true],
      ['TRANSFER_FAILED', 409, 'refused', true],
    ],
    ...[
      ['OUTCOME_UNKNOWN', 504, 'unknown', true],
      ['INTERNAL', 500, 'unknown', true],
    ],
  ] as const
  for (const [code, status, outcome, retryable] of expected) {
    error = new CodedError(code)
    const { json, ...answer } = await post('queue/AddTrack', { id: 'a' }, CLIENT)
    assert.deepEqual(
      { ...json, message: '' },
      {
        ...{ code, message: '', outcome, retryable, leader: '3', term: '9' },
      },
    )
    assert.equal(answer.status, status, code)
  }
  error = new CodedError('OUTCOME_UNKNOWN')
  const anonymous = await post('queue/PlayNext')
  assert.deepEqual([anonymous.json['outcome'], anonymous.json['retryable']], ['unknown', false])
  const read = await post('queue/GetQueue')
  assert.deepEqual([read.json['outcome'], read.json['retryable']], ['refused', true])
  error = new Error('a defect, with its secrets')
  const { status, json } = await post('admin/RemoveServer', { id: '1' })
  assert.deepEqual([status, json['code'], json['outcome']], [500, 'INTERNAL', 'unknown'])
  assert.doesNotMatch(String(json['message']), /secrets/)
  const voted = await post('queue/VoteTrack', { id: 'a', up: true })
  assert.deepEqual([voted.status, voted.json['code']], [503, 'NO_LEADER'])
})

test('what is no call is refused before a handler hears of it', async (t) => {
  let calls = 0
  const { post, port, seen } = await world(t, {
    PlayNext: async () => {
      calls += 1
      return {}
    },
  })
  const path = 'queue/PlayNext'
  const host = `127.0.0.1:${port}`
  const refused = async (answer: Promise<Answer>, status: number, code: string) => {
    const { status: got, json } = await answer
    assert.deepEqual([got, json['code'], json['outcome']], [status, code, 'refused'])
  }
  await refused(post(path, {}, { origin: 'http://evil.example' }), 403, 'FOREIGN_PAGE')
  await refused(post(path, {}, { 'sec-fetch-site': 'cross-site' }), 403, 'FOREIGN_PAGE')
  await refused(post(path, {}, { 'content-type': 'text/plain' }), 415, 'NOT_JSON')
  await refused(post(path, {}, { 'content-encoding': 'gzip' }), 415, 'NOT_JSON')
  await refused(post(path, { offset: 'x'.repeat(64 * 1024) }), 413, 'BODY_TOO_LARGE')
  await refused(post(path, { nothing: 1 }), 400, 'INVALID_ARGUMENT')
  await refused(post(path, []), 400, 'INVALID_ARGUMENT')
  await refused(post(path, {}, { 'x-client-id': 'é' }), 400, 'INVALID_ARGUMENT')
  assert.equal(calls, 0)
  assert.equal(seen.filter(({ peer }) => peer !== 'http').length, 0)
  await post(path, {}, { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })
  assert.equal(calls, 1)
})

test('only what is served is found', async (t) => {
  const { calls } = await world(t, {})
  for (const path of [
    '/api/queue/AddTrack',
    '/api/admin/TransferLeadership',
    '/api/admin/Status',
  ]) {
    assert.notEqual(calls.find(path), null, path)
  }
  const none = ['/api/admin/Watch', '/api/queue/addTrack', '/api/queue/', '/api/queue/constructor']
  const other = ['/api/queue/AddTrack/', '/api//queue/AddTrack', '/API/queue/AddTrack', '/api/x/y']
  for (const path of [...none, ...other, '/api/queue/%41ddTrack', '/api/raft/RequestVote']) {
    assert.equal(calls.find(path), null, path)
  }
})

test('T2 calls under way are bounded, and come free; a body that stops is given up', async (t) => {
  const waiting: (() => void)[] = []
  const { post, port } = await world(t, {
    PlayNext: () => new Promise((resolve) => waiting.push(() => resolve({}))),
  })
  const under = Array.from({ length: 256 }, () => post('queue/PlayNext'))
  await eventually('all wait', () => waiting.length === 256)
  const { status, json, headers } = await post('queue/PlayNext')
  assert.deepEqual([status, json['code'], json['retryable']], [429, 'TOO_MANY_CALLS', true])
  assert.equal(headers.get('retry-after'), '1')
  for (const release of waiting.splice(0)) release()
  for (const call of under) assert.equal((await call).status, 200)
  const after = post('queue/PlayNext')
  await eventually('there is room again', () => waiting.length === 1)
  waiting[0]?.()
  assert.equal((await after).status, 200)
  const head = 'POST /api/queue/PlayNext HTTP/1.1\r\nhost: h\r\ncontent-type: application/json'
  const silent = await saying(port, `${head}\r\ncontent-length: 9\r\n\r\n{"a"`)
  assert.equal(silent.status, 408)
  assert.match(silent.body, /REQUEST_TIMEOUT.*"retryable":true/)
})

test('a caller that hangs up is noticed, by handlers that hold something for it', async (t) => {
  const ends: string[] = []
  const { port } = await world(t, {
    PlayNext: (_request, call) => {
      call.onCancel(() => ends.push('cancelled'))
      call.onEnd(() => ends.push('ended'))
      ends.push('called')
      return new Promise(() => undefined)
    },
  })
  const leaving = new AbortController()
  const call = fetch(`http://127.0.0.1:${port}/api/queue/PlayNext`, {
    ...{ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } },
    signal: leaving.signal,
  }).catch(() => null)
  await eventually('it is called', () => ends.includes('called'))
  leaving.abort()
  await call
  await eventually('it is noticed', () => ends.length === 3)
  assert.deepEqual(ends, ['called', 'cancelled', 'ended'])
})

test('a node that stops ends what is under way and takes no more', async (t) => {
  const waiting: (() => void)[] = []
  const { calls, post } = await world(t, {
    PlayNext: () => new Promise((resolve) => waiting.push(() => resolve({ id: 'played' }))),
  })
  let called = false
  const under = post('queue/PlayNext').finally(() => {
    called = true
  })
  await eventually('it is under way', () => waiting.length === 1)
  const closed = calls.close(60_000)
  const late = await post('queue/PlayNext')
  assert.deepEqual([late.status, late.json['code']], [503, 'STOPPING'])
  assert.equal(called, false)
  waiting[0]?.()
  await closed
  assert.equal((await under).json['id'], 'played')
})
