import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ServiceDefinition, type ServiceError, status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { loadService, MAX_MESSAGE_BYTES } from '../../common/rpc.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'
import type { Track__Output } from '../../protos/types/queue/Track.ts'
import { CALM, type Node, RaftCluster } from './cluster.ts'
import { rawCall, rawServerStream } from './raw-call.ts'
import {
  FIELD_CASES,
  HARMLESS,
  HARMLESS_STATUS,
  padded,
  type ServiceName,
  serialized,
  UNKNOWN_FIELDS,
} from './wire-table.ts'

const definitions: Readonly<Record<ServiceName, ServiceDefinition>> = {
  queue: loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService').definition,
  admin: loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService').definition,
}

/** But for streams of requests: what they take is in tracks-codec.test.ts and streams.test.ts. */
const METHODS = Object.entries(definitions).flatMap(([service, definition]) =>
  Object.entries(definition)
    .filter(([, { requestStream }]) => !requestStream)
    .map(([method]) => ({ service: service as ServiceName, method })),
)

describe('whatever a client sends', { timeout: 300_000 }, () => {
  let cluster: RaftCluster
  let leader: Node
  let follower: Node
  let term: number
  before(async () => {
    cluster = await RaftCluster.start({ size: 3, env: CALM })
    leader = await cluster.leader()
    const [other] = cluster.followers(leader)
    assert(other !== undefined)
    follower = other
    term = (await leader.status()).term
  })
  after(() => cluster.stop())

  /** The status of a call: on a follower, so that what passes is forwarded; changes on the leader. */
  async function send(service: ServiceName, method: string, bytes: Buffer) {
    const node = service === 'admin' ? leader : follower
    const { path = '', responseStream = false } = definitions[service][method] ?? {}
    const address = `127.0.0.1:${node.port}`
    const call = responseStream
      ? rawServerStream(address, path, bytes, 10_000)
      : rawCall(address, path, bytes, { deadlineMs: 10_000 })
    return call.then(
      () => ({ code: status.OK, details: '' }),
      ({ code, details }: ServiceError) => ({ code, details }),
    )
  }

  test('the table names every method and every field of the contract', () => {
    const named = new Set(FIELD_CASES.map(({ service, method }) => `${service} ${method}`))
    const fieldless = ['queue PlayNext', 'admin Status']
    for (const { service, method } of METHODS) {
      assert(named.has(`${service} ${method}`) || fieldless.includes(`${service} ${method}`))
      assert(Object.hasOwn(HARMLESS, method), method)
    }
  })

  for (const { service, method, field, accepted, refused } of FIELD_CASES) {
    test(`${method}: ${field} at, below and beyond its limits`, async () => {
      for (const given of accepted) {
        const { code, details } = await send(
          service,
          method,
          serialized(definitions[service], method, given),
        )
        assert(
          HARMLESS_STATUS.includes(code),
          `${JSON.stringify(given)}: ${status[code]} ${details}`,
        )
      }
      for (const given of refused) {
        const { code, details } = await send(
          service,
          method,
          serialized(definitions[service], method, given),
        )
        const what = `${JSON.stringify(given).slice(0, 200)}: ${status[code]} ${details}`
        assert.equal(code, status.INVALID_ARGUMENT, what)
        assert.match(details, new RegExp(`\\b${field}\\b`), what)
      }
    })
  }

  for (const { service, method } of METHODS) {
    test(`${method}: unknown fields are skipped, 4 MiB are taken, a byte more is not, nor is noise`, async () => {
      const message = serialized(definitions[service], method, HARMLESS[method] ?? {})
      for (const bytes of [
        Buffer.concat([message, UNKNOWN_FIELDS]),
        Buffer.concat([UNKNOWN_FIELDS, message]),
        padded(message, MAX_MESSAGE_BYTES),
      ]) {
        const { code, details } = await send(service, method, bytes)
        assert(HARMLESS_STATUS.includes(code), `${status[code]} ${details}`)
      }
      const large = await send(service, method, padded(message, MAX_MESSAGE_BYTES + 1))
      assert.equal(large.code, status.RESOURCE_EXHAUSTED, large.details)
      const cut = await send(service, method, Buffer.from([0xc0, 0x3e, 0x80]))
      assert([status.INTERNAL, status.INVALID_ARGUMENT].includes(cut.code), status[cut.code])
    })
  }

  test('any bytes get a status from every method, and nothing else happens', async () => {
    // Without RemoveServer and the like: noise may be a request, and these would do as it says.
    const methods = METHODS.filter(
      ({ service, method }) => service === 'queue' || method === 'Status',
    )
    let calls = 0
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (noise) => {
        for (const { service, method } of methods) {
          const { code } = await send(service, method, Buffer.from(noise))
          const known = [status.OK, status.INVALID_ARGUMENT, status.INTERNAL]
          assert(known.includes(code), `${method} ${status[code]}`)
          calls += 1
        }
      }),
      { numRuns: 25 },
    )
    assert(calls >= 25 * methods.length)
  })

  describe('R16 request ids', () => {
    const CLIENT = 'c0ffee00-0000-4000-8000-00000000000'
    type Who = { readonly sent: Readonly<Record<string, string>> }
    const by = (client: number, request: number): Who => ({
      sent: { 'x-client-id': `${CLIENT}${client}`, 'x-request-id': `${request}` },
    })
    const add = async (node: Node, id: string, who: Who) =>
      (await node.call<QueueResponse__Output>('queue', 'AddTrack', { id }, who)).reply.code
    const vote = async (node: Node, who: Who) => {
      const request = { id: 'ballot', up: true }
      return (await node.call<QueueResponse__Output>('queue', 'VoteTrack', request, who)).reply.code
    }
    const votes = async () =>
      (await leader.call<Track__Output>('queue', 'GetMetadata', { id: 'ballot' })).reply.votes
    before(() => leader.add('ballot'))

    test('repeated on every node, and at once on two connections: counts once', async () => {
      const all = cluster.nodes.flatMap((node) => [vote(node, by(1, 1)), vote(node, by(1, 1))])
      assert.deepEqual(new Set(await Promise.all(all)), new Set(['APPLIED']))
      assert.equal(await votes(), 1)
    })

    test('the same id from two clients: two requests', async () => {
      assert.equal(await vote(leader, by(2, 1)), 'APPLIED')
      assert.equal(await vote(follower, by(3, 1)), 'APPLIED')
      assert.equal(await votes(), 3)
    })

    test('reordered: the older is stale, wherever it arrives, and not applied', async () => {
      assert.equal(await vote(follower, by(2, 9)), 'APPLIED')
      for (const node of cluster.nodes) assert.equal(await vote(node, by(2, 8)), 'STALE_REQUEST')
      assert.equal(await votes(), 4)
    })

    test('reused for another request: refused in words, also where a reply has none', async () => {
      for (const node of cluster.nodes) {
        assert.equal(await add(node, 'another', by(2, 9)), 'REQUEST_ID_REUSED')
        await assert.rejects(node.call('queue', 'PlayNext', {}, by(2, 9)), {
          code: status.FAILED_PRECONDITION,
          details: /not applied.*Request 9 of this client was a different request/,
        })
      }
      assert.equal(await votes(), 4)
    })

    test('at, below and beyond its limits, with half an identity and with none', async () => {
      const sent = (id: string | undefined, client: string | undefined = `${CLIENT}4`) => ({
        sent: {
          ...(client === undefined ? {} : { 'x-client-id': client }),
          ...(id === undefined ? {} : { 'x-request-id': id }),
        },
      })
      for (const id of ['0', '1', String(Number.MAX_SAFE_INTEGER)]) {
        assert.equal(await vote(follower, sent(id)), 'APPLIED')
      }
      assert.equal(await votes(), 7)
      for (const [what, named] of [
        [sent('-1'), /x-request-id/],
        [sent('9007199254740992'), /x-request-id/],
        [sent('1e3'), /x-request-id/],
        [sent('0x1'), /x-request-id/],
        [sent(''), /x-request-id/],
        [sent(undefined), /x-request-id/],
        [sent('1', 'me'), /x-client-id/],
        [sent('1', `${CLIENT}44`), /x-client-id/],
        [sent('1', ''), /x-client-id/],
        [{ sent: { 'x-request-id': '1' } }, /x-client-id/],
      ] as const) {
        for (const method of ['AddTrack', 'RemoveTrack', 'VoteTrack', 'PlayNext']) {
          const refused = { code: status.INVALID_ARGUMENT, details: named }
          const call = follower.call('queue', method, { id: 'ballot' }, what)
          await assert.rejects(call, refused, `${method} ${JSON.stringify(what)}`)
        }
      }
      assert.equal(await votes(), 7)
    })

    test('a consistency nobody knows is the strong one', async () => {
      await follower.add('seen')
      for (const word of ['', 'strong', 'STALE', 'stale ']) {
        assert((await follower.ids('GetQueue', { 'x-consistency': word })).includes('seen'))
      }
    })
  })

  test('the cluster is as it was: its members, its term, the votes of a track', async () => {
    const now = await leader.status()
    assert.deepEqual([now.term, now.members.length], [term, 3])
    await leader.call('queue', 'AddTrack', { id: 'voted', votes: 2 ** 31 - 1 })
    const { reply } = await follower.call<Track__Output>('queue', 'GetMetadata', { id: 'voted' })
    assert.equal(reply.votes, 0)
    await cluster.agree()
  })
})
