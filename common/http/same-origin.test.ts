import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { checkNoForeignPage } from './same-origin.ts'

const refused = { code: 'FOREIGN_PAGE' }

test('what changes something is open to programs, and to the own page', () => {
  const own: readonly IncomingHttpHeaders[] = [
    {},
    { host: 'queue.example.org' },
    { host: 'localhost:18080', origin: 'http://localhost:18080' },
    { host: 'LOCALHOST:18080', origin: 'http://localhost:18080' },
    { host: '127.0.0.1:5001', origin: 'http://127.0.0.1:5001', 'sec-fetch-site': 'same-origin' },
    { host: '[::1]:5001', origin: 'http://[::1]:5001' },
    { host: 'raft-node1:8080', origin: 'http://raft-node1:8080' },
    { host: 'localhost', origin: 'http://localhost' },
  ]
  for (const headers of own) assert.doesNotThrow(() => checkNoForeignPage(headers))
})

test('it is closed to pages of other origins, and to names that were made to point here', () => {
  const foreign: readonly IncomingHttpHeaders[] = [
    { host: 'localhost:18080', origin: 'http://localhost:18081' },
    { host: 'localhost:18080', origin: 'http://localhost' },
    { host: 'localhost:18080', origin: 'http://evil.example' },
    { host: 'localhost:18080', origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
    { host: 'localhost:18080', origin: 'null' },
    { host: 'localhost:18080', origin: '' },
    { host: 'localhost:18080', 'sec-fetch-site': 'cross-site' },
    { host: 'localhost:18080', 'sec-fetch-site': 'same-site' },
    { host: 'evil.example:18080', origin: 'http://evil.example:18080' },
    { host: 'evil.example:18080', 'sec-fetch-site': 'same-origin' },
    { origin: 'http://localhost:18080' },
  ]
  for (const headers of foreign) {
    assert.throws(() => checkNoForeignPage(headers), refused, JSON.stringify(headers))
  }
})
