import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { loadService } from '../../../common/rpc.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import { BatchWriter, decodeBatch } from '../../queue/batch.ts'
import { text } from '../../queue/test/support.ts'
import { FIELD_CASES, serialized } from '../../test/wire-table.ts'
import { MalformedMessage } from './protobuf.ts'
import {
  decodeTracks,
  MAX_MESSAGE_TRACKS,
  MAX_TRACKS_BYTES,
  type ReceivedTracks,
} from './tracks-codec.ts'

const { definition } = loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService')
const { requestSerialize } = definition.AddTracks
const HEAD = { clientId: '00000000-0000-4000-8000-000000000001', maxSessions: 1, maxTracks: 1 }

function read(bytes: Buffer): ReceivedTracks {
  const received = decodeTracks(bytes)
  return received instanceof MalformedMessage ? assert.fail(received.message) : received
}

function block(tag: number, bytes: Buffer): Buffer {
  const length = [bytes.length & 0x7f]
  for (let rest = bytes.length >> 7; rest > 0; rest >>= 7) {
    length[length.length - 1] = (length.at(-1) ?? 0) | 0x80
    length.push(rest & 0x7f)
  }
  return Buffer.concat([Buffer.from([tag, ...length]), bytes])
}

test('what the library writes is read as it was, and stands so in a log entry', () => {
  const track = fc.record(
    {
      ...{ id: text(1, 32), title: text(0, 128), artist: text(0, 128) },
      duration: fc.integer({ min: 0, max: 86_400 }),
    },
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(fc.array(track, { minLength: 1 }), fc.nat(2 ** 45), (tracks, first) => {
      const sent = tracks.map((each, i) => ({ requestId: first + i, track: each }))
      const { requestIds, bytes, ends, refused } = read(requestSerialize({ tracks: sent }))
      assert.deepEqual([requestIds, refused.size], [sent.map(({ requestId }) => requestId), 0])
      const writer = new BatchWriter()
      for (const [place, id] of requestIds.entries()) {
        writer.add(id, bytes, ends[place - 1] ?? 0, ends[place])
      }
      const entry = decodeBatch(writer.take(HEAD), 1)
      const fields = entry.tracks.map(({ id, title, artist, duration }) => {
        return { id, title, artist, duration }
      })
      assert.deepEqual(fields, tracks)
    }),
  )
})

for (const { field, accepted, refused } of FIELD_CASES.filter(
  ({ method }) => method === 'AddTrack',
)) {
  test(`${field} at, below and beyond its limits, as in AddTrack`, () => {
    const one = (given: object | Buffer) => {
      const track = serialized(definition, 'AddTrack', given)
      const between = Buffer.concat([Buffer.from([8, 7]), block(0x12, track)])
      const other = block(0x0a, Buffer.concat([Buffer.from([8, 9]), block(0x12, good)]))
      const received = read(Buffer.concat([block(0x0a, between), other]))
      assert.deepEqual(received.requestIds, [7, 9])
      assert.equal(received.refused.has(1), false, 'the other track is none the worse for it')
      return received.refused.get(0)
    }
    for (const given of accepted) assert.equal(one(given), undefined)
    for (const given of refused) {
      // A text beyond what a message may hold is no message.
      if (!Buffer.isBuffer(given) && JSON.stringify(given).length > MAX_TRACKS_BYTES) continue
      assert.match(one(given) ?? 'taken', new RegExp(`\\b${field}\\b`))
    }
  })
}
const good = serialized(definition, 'AddTrack', { id: 'good' })

test('request ids are whole numbers up to 2^53 − 1', () => {
  const one = (number: readonly number[]) => {
    const numbered = Buffer.concat([Buffer.from([8, ...number]), block(0x12, good)])
    return read(block(0x0a, numbered)).refused.get(0)
  }
  assert.equal(one([0]), undefined)
  assert.equal(one([...Array<number>(7).fill(0xff), 0x0f]), undefined)
  assert.match(one([...Array<number>(7).fill(0x80), 0x10]) ?? '', /x-request-id must be/)
  assert.match(one([...Array<number>(9).fill(0xff), 1]) ?? '', /x-request-id must be/)
})

test('bytes that are no message, or too many, are said to be so; nothing is thrown', () => {
  const message = requestSerialize({ tracks: [{ requestId: 1, track: { id: 'a', title: 'b' } }] })
  let cut = 0
  for (let end = 1; end < message.length; end++) {
    if (decodeTracks(message.subarray(0, end)) instanceof MalformedMessage) cut++
  }
  assert.equal(cut, message.length - 1)
  const many = Buffer.alloc(2 * MAX_MESSAGE_TRACKS, Buffer.from([0x0a, 0]))
  assert.equal(read(many).refused.size, MAX_MESSAGE_TRACKS)
  for (const bytes of [
    Buffer.concat([many, Buffer.from([0x0a, 0])]),
    Buffer.alloc(MAX_TRACKS_BYTES + 1),
  ]) {
    assert.ok(decodeTracks(bytes) instanceof MalformedMessage)
  }
})

test('unknown fields are skipped, and of two tracks in one place the last counts', () => {
  const unknown = Buffer.from([
    0xc0, 0x3e, 0x7f, 0xc1, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8, 0xc5, 0x3e, 1, 2, 3, 4,
  ])
  const track = (id: string) =>
    block(0x12, Buffer.concat([unknown, serialized(definition, 'AddTrack', { id, duration: 5 })]))
  const numbered = Buffer.concat([track('first'), unknown, Buffer.from([8, 3]), track('last')])
  const { requestIds, bytes, ends } = read(Buffer.concat([unknown, block(0x0a, numbered), unknown]))
  const writer = new BatchWriter()
  writer.add(requestIds[0] ?? 0, bytes, 0, ends[0])
  assert.equal(decodeBatch(writer.take(HEAD), 1).tracks[0]?.id, 'last')
  assert.deepEqual(requestIds, [3])
})
