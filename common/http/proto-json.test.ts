import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { QueueServiceDefinition } from '../../protos/types/queue/QueueService.ts'
import { loadService } from '../rpc.ts'
import { type MessageType, ProtoJson } from './proto-json.ts'

const queue = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService')
const admin = loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService')
const of = ({ packageDefinition }: typeof queue | typeof admin, type: MessageType) =>
  new ProtoJson(type, packageDefinition)
const { AddTrack, GetQueue, VoteTrack } = queue.definition
const track = of(queue, AddTrack.requestType)
const empty = of(queue, GetQueue.requestType)

const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error && 'code' in error)
  assert.equal(error.code, 'INVALID_ARGUMENT')
  assert.match(error.message, message)
  return true
}

test('what is read is what gRPC would bring: every field, 64 bits as a number or a text', () => {
  const nothing = { id: '', title: '', artist: '', votes: 0, duration: 0 }
  assert.deepEqual(track.read({}), nothing)
  assert.deepEqual(track.read({ id: 'a', duration: '7', title: null }), {
    ...nothing,
    ...{ id: 'a', duration: 7 },
  })
  assert.deepEqual(empty.read({ offset: '9007199254740991', limit: 5 }), {
    ...{ offset: Number.MAX_SAFE_INTEGER, limit: 5 },
  })
  assert.deepEqual(of(queue, VoteTrack.requestType).read({ id: 'a', up: true }), {
    ...{ id: 'a', up: true },
  })
})

test('what is no such message is refused by the name of the field', () => {
  for (const body of [null, [], 'text', 5, true]) {
    assert.throws(() => track.read(body), refused(/must be an object/))
  }
  assert.throws(() => track.read({ id: 5 }), refused(/id must be a string/))
  assert.throws(() => track.read({ id: ['a'] }), refused(/id must be a string/))
  assert.throws(() => track.read({ duration: '1.5' }), refused(/duration must be a whole number/))
  assert.throws(() => track.read({ duration: 1.5 }), refused(/duration/))
  assert.throws(() => track.read({ duration: 2 ** 31 }), refused(/duration/))
  assert.throws(() => track.read({ duration: '' }), refused(/duration/))
  assert.throws(() => track.read({ duration: true }), refused(/duration/))
  assert.throws(() => empty.read({ offset: '9007199254740992' }), refused(/offset/))
  assert.throws(() => empty.read({ limit: '0x10' }), refused(/limit/))
  assert.throws(() => track.read({ up: true }), refused(/no field "up"; there are id, title/))
  assert.throws(() => track.read(JSON.parse('{"__proto__":{"id":"a"}}')), refused(/no field/))
  const up = of(queue, VoteTrack.requestType)
  assert.throws(() => up.read({ up: 1 }), refused(/up must be true or false/))
  assert.throws(() => up.read({ up: 'true' }), refused(/up/))
})

test('names are those of the proto, camelCase is read too, never both', () => {
  const member = of(admin, admin.definition.Status.responseType)
  assert.equal(member.read({ commitIndex: 4 })['commitIndex'], 4)
  assert.equal(member.read({ commit_index: '4' })['commitIndex'], 4)
  assert.throws(() => member.read({ commit_index: 4, commitIndex: 4 }), refused(/given once/))
})

test('what is written has every field; 64-bit integers are texts, 32-bit ones numbers', () => {
  const status = of(admin, admin.definition.Status.responseType)
  const member = { id: 2, address: 'h:1', voter: true, matchIndex: 7, lastContactMs: -1 }
  const written = status.write({ id: 1, firstLogIndex: 3, members: [member] }) as object
  assert.deepEqual(written, {
    ...{ id: '1', role: '', term: '0', voted_for: '0', leader_id: '0' },
    ...{ commit_index: '0', last_applied: '0', first_log_index: '3', last_log_index: '0' },
    ...{ snapshot_index: '0', queue_length: '0', state_hash: '', cpu_micros: '0' },
    ...{ resident_bytes: '0', disk_trouble: false, cluster_id: '' },
    members: [
      {
        ...{ id: '2', address: 'h:1', voter: true, match_index: '7' },
        ...{ state: '', last_contact_ms: '-1' },
      },
    ],
  })
  const queued = of(queue, AddTrack.responseType)
  assert.deepEqual(queued.write({ queue: [{ id: 'a', votes: -2 }], total: 1 }), {
    ...{ message: '', position: '0', total: '1', code: '' },
    queue: [{ id: 'a', title: '', artist: '', votes: -2, duration: 0 }],
  })
})

test('a message is the same after JSON', () => {
  const int32 = fc.integer()
  const message = fc.record(
    {
      ...{ id: fc.string({ unit: 'grapheme' }), title: fc.string(), artist: fc.string() },
      ...{ votes: int32, duration: int32 },
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(message, (sent) => {
      assert.deepEqual(track.read(JSON.parse(JSON.stringify(track.write(sent)))), sent)
    }),
  )
})

test('a type that has no JSON here is known at the start, not at the first call', () => {
  const field = { name: 'data', type: 'TYPE_BYTES', typeName: '', label: 'LABEL_OPTIONAL' }
  assert.throws(() => new ProtoJson({ type: { field: [field] } }, {}), /data is of TYPE_BYTES/)
  const nested = { ...field, type: 'TYPE_MESSAGE', typeName: 'Nothing' }
  assert.throws(() => new ProtoJson({ type: { field: [nested] } }, {}), /no message Nothing/)
})
