import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_ENDPOINTS, parseEndpoints } from '../endpoints.ts'

test('by default the five published ports, as nodes 1 to 5', () => {
  assert.deepEqual(
    parseEndpoints(DEFAULT_ENDPOINTS),
    [1, 2, 3, 4, 5].map((id) => ({ id, address: `localhost:5005${id}` })),
  )
})

test('ids may be given; names, IPv4 and IPv6 are understood', () => {
  assert.deepEqual(parseEndpoints('6=raft-node6:50051, 10.0.0.1:1,[::1]:65535'), [
    { id: 6, address: 'raft-node6:50051' },
    { id: 2, address: '10.0.0.1:1' },
    { id: 3, address: '[::1]:65535' },
  ])
})

for (const text of [
  '',
  ',',
  'host',
  'host:',
  'host:0',
  'host:65536',
  'a b:1',
  'x=host:1',
  'http://h:1',
]) {
  test(`L15 ${JSON.stringify(text)} is refused, and said what is allowed`, () => {
    assert.throws(() => parseEndpoints(text), /allowed is a list like localhost:50051/)
  })
}

test('one node twice is refused', () => {
  assert.throws(() => parseEndpoints('a:1,a:1'), /address a:1 twice/)
  assert.throws(() => parseEndpoints('2=a:1,b:1'), /id 2 twice/)
})
