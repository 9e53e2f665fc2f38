import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ConfigError,
  integer,
  namedAddresses,
  namedUrls,
  nodeName,
  oneOf,
  pageUrl,
  readConfig,
} from './config.ts'

test('what is not set, or empty, takes its default', () => {
  const shape = { N: integer(1, 9, 5), WHO: nodeName('me'), W: oneOf(['a', 'b'], 'b') }
  assert.deepEqual(readConfig({}, shape), { N: 5, WHO: 'me', W: 'b' })
  assert.deepEqual(readConfig({ N: '', WHO: '', W: '' }, shape), { N: 5, WHO: 'me', W: 'b' })
  assert.deepEqual(readConfig({ N: '9', WHO: 'x', W: 'a', OTHER: '1' }, shape), {
    ...{ N: 9, WHO: 'x', W: 'a' },
  })
})

test('every problem is told at once: the variable, its value, what is allowed', () => {
  const shape = { N: integer(1, 9), W: oneOf(['a', 'b'], 'b'), WHO: nodeName() }
  assert.throws(() => readConfig({ N: '10', W: 'c' }, shape), {
    name: 'ConfigError',
    message: [
      'N is "10": allowed is a whole number from 1 to 9.',
      'W is "c": allowed is one of a, b.',
      'WHO is not set: allowed are letters, digits, ".", "_" and "-", at most 63, for example grpc-node1.',
    ].join('\n'),
  })
})

test('a whole number is digits alone, within bounds', () => {
  const read = (N: string) => readConfig({ N }, { N: integer(0, 100) }).N
  assert.deepEqual(['0', '007', '100'].map(read), [0, 7, 100])
  for (const bad of ['101', '-1', '+1', '1.0', '1e1', '0x1', ' 1', '1 ', 'NaN', '9'.repeat(16)]) {
    assert.throws(() => read(bad), ConfigError, bad)
  }
})

test('addresses: a name each, a port each, IPv6 in brackets, no name twice', () => {
  const read = (LIST: string) => readConfig({ LIST }, { LIST: namedAddresses() }).LIST
  assert.deepEqual(read('a=host:1, b=[::1]:65535'), [
    { name: 'a', address: 'host:1' },
    { name: 'b', address: '[::1]:65535' },
  ])
  const bad = [
    'a',
    'a=b',
    'a=b:0',
    'a=b:65536',
    'a=b:1,a=c:1',
    'a=b:1,,c=d:1',
    'a=::1:1',
    'a b=c:1',
  ]
  for (const list of bad) assert.throws(() => read(list), ConfigError, list)
})

test('addresses of pages end up in links: nothing but the web, no name twice', () => {
  const read = (LIST: string) => readConfig({ LIST }, { LIST: namedUrls() }).LIST
  assert.deepEqual(read(''), [])
  assert.deepEqual(read('1=http://localhost:18081/, 2=https://h'), [
    { name: '1', url: 'http://localhost:18081/' },
    { name: '2', url: 'https://h/' },
  ])
  for (const bad of [
    '1',
    '1=h',
    '1=javascript:alert(1)',
    '1=http://a:b@h/',
    '1=http://',
    '=http://h/',
  ]) {
    assert.throws(() => read(bad), ConfigError, bad)
  }
  for (const bad of ['1=http://h/,1=http://i/', '1=http://h/,', ',']) {
    assert.throws(() => read(bad), ConfigError, bad)
  }
  const one = (PAGE: string) => readConfig({ PAGE }, { PAGE: pageUrl() }).PAGE
  assert.equal(one('http://localhost:18080'), 'http://localhost:18080/')
  assert.equal(one(''), undefined)
  for (const bad of ['localhost:18080', 'file:///etc/passwd', 'data:text/html,x']) {
    assert.throws(() => one(bad), ConfigError, bad)
  }
})
