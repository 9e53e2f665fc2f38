import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Command, decodeCommand, encodeCommand, isWord } from '../command.ts'
import { QueueError } from '../errors.ts'
import { QueueMachine } from '../queue.ts'
import {
  ADD,
  client,
  commands,
  entryOf,
  everything,
  PLAY,
  REMOVE,
  Replica,
  VOTE,
} from './support.ts'

function decodedOrCode(bytes: Uint8Array): Command | string {
  try {
    return decodeCommand(bytes)
  } catch (error) {
    assert.ok(error instanceof QueueError, String(error))
    return error.code
  }
}

test('command: any command decodes to itself', () => {
  fc.assert(
    fc.property(commands, (command) => {
      assert.deepEqual(decodeCommand(encodeCommand(command)), command)
    }),
    { numRuns: 1000 },
  )
})

test('command: any other bytes are MALFORMED_COMMAND; what decodes has no second spelling', () => {
  const damaged = fc
    .tuple(commands, fc.nat(2000), fc.nat(255), fc.constantFrom('flip', 'cut', 'grow'))
    .map(([command, at, byte, how]) => {
      const bytes = encodeCommand(command)
      if (how === 'cut') return bytes.slice(0, at % bytes.length)
      if (how === 'grow') return Uint8Array.of(...bytes, byte)
      bytes[at % bytes.length] = byte
      return bytes
    })
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
      const decoded = decodedOrCode(bytes)
      if (typeof decoded === 'string') assert.equal(decoded, 'MALFORMED_COMMAND')
      else assert.deepEqual(encodeCommand(decoded), bytes)
    }),
    { numRuns: 3000 },
  )
})

test('command: every cut of a command is malformed', () => {
  for (const operation of [ADD('é'), REMOVE('1'), VOTE('1'), PLAY()]) {
    const { data } = entryOf(1, operation, { clientId: client(1), requestId: 300 })
    assert.equal(typeof decodedOrCode(data), 'object')
    for (let end = 0; end < data.length; end++) {
      assert.equal(decodedOrCode(data.subarray(0, end)), 'MALFORMED_COMMAND')
    }
  }
})

test('command: padded numbers, numbers above 2^53−1, wrong UTF-8 and unknown tags are malformed', () => {
  const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  assert.equal(typeof decodedOrCode(bytes('01 02 01 61')), 'object') // REMOVE a
  for (const bad of [
    '',
    '02 02 01 61', // format 2
    '01 00 01 61', // operation 0
    '01 05 01 61', // operation 5
    '01 02 00', // empty id
    '01 02 81 00 61', // padded length
    '01 02 01 ff', // not UTF-8
    '01 02 03 ed a0 80', // a surrogate
    '01 02 02 c0 80', // overlong NUL
    '01 03 01 61 02', // up is 2
    '01 04 00', // keeps no history
    '01 04 ff ff ff ff ff ff ff 1f', // 2^54 − 1
    '01 04 ff ff ff ff ff ff ff ff ff ff 7f',
  ]) {
    assert.equal(decodedOrCode(bytes(bad)), 'MALFORMED_COMMAND', bad)
  }
})

test('command: the largest command stays below 1.3 kB and the smallest takes 3 bytes', () => {
  const wide = { title: '€'.repeat(170), artist: 'x'.repeat(512), duration: 86_400 }
  const identity = { clientId: client(1), requestId: Number.MAX_SAFE_INTEGER }
  const { data } = entryOf(1, ADD('i'.repeat(128), wide), identity)
  assert.ok(data.length < 1300, `${data.length} bytes`)
  assert.equal(encodeCommand({ operation: PLAY(1), identity: null }).length, 3)
})

test('command: what would not decode is not encoded', () => {
  for (const operation of [ADD(''), ADD('a', { duration: 86_401 }), ADD('\ud800'), PLAY(0)]) {
    const command = { operation, identity: null }
    assert.throws(() => encodeCommand(command), { code: 'INVALID_ARGUMENT' })
  }
})

test('command: the words of the log are told from the others', () => {
  const words = ['ADD', 'REMOVE', 'VOTE', 'PLAY', 'NOOP', 'CONFIG', 'add', ''].filter(isWord)
  assert.deepEqual(words, ['ADD', 'REMOVE', 'VOTE', 'PLAY'])
})

test('R17 a committed command that cannot be decoded is answered alike and changes nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('ADD', 'REMOVE', 'VOTE', 'PLAY', 'NOOP', 'DROP', ''),
      fc.uint8Array({ maxLength: 40 }),
      (word, data) => {
        const replicas = [new Replica(), new Replica()].map((replica) => {
          replica.do(ADD('a'), { clientId: client(1), requestId: 1 })
          const before = everything(replica.machine)
          const outcome = replica.machine.apply({ index: 2, command: word, data })
          assert.equal(outcome.code, 'MALFORMED_COMMAND')
          assert.equal(replica.machine.lastApplied, 2)
          assert.deepEqual(everything(replica.machine), { ...Object(before), lastApplied: 2 })
          return outcome
        })
        assert.deepEqual(replicas[0], replicas[1])
      },
    ),
  )
})

test('R17 an entry whose word is not that of its data changes nothing', () => {
  const machine = new QueueMachine()
  const { data } = entryOf(1, ADD('a'))
  for (const [i, command] of ['REMOVE', 'NOOP', 'add', '__proto__'].entries()) {
    assert.equal(machine.apply({ index: i + 1, command, data }).code, 'MALFORMED_COMMAND')
  }
  assert.equal(machine.size, 0)
})
