import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger } from '../../../common/logger.ts'
import { readRaftConfig } from '../../../music-raft/server/config.ts'
import { openRaftNode } from '../../../music-raft/server/node.ts'
import { freePorts } from '../../ports.ts'
import { exchanged, request, statusesOf } from './http-exchange.ts'
import type { Random } from './random.ts'
import { scratchFolder } from './scratch.ts'
import type { Target } from './target.ts'

// The HTTP port of a Raft node, for people, pages, probes and Prometheus: a cluster of one in this process.

/** Failures that the node logged. */
const failures: string[] = []

async function open() {
  const folder = mkdtempSync(join(scratchFolder(), 'raft-'))
  const destination = { write: (line: string) => void failures.push(line) }
  const { log } = createLogger({ node: '1', level: 'error', format: 'json', destination })
  const [port = 0, httpPort = 0, peerPort = 0] = await freePorts(3)
  const config = readRaftConfig({
    ...{ NODE_ID: '1', HOST: '127.0.0.1', DATA_DIR: folder, PORT: String(port) },
    ...{ HTTP_PORT: String(httpPort), PEERS: `1=127.0.0.1:${peerPort}` },
  })
  const node = await openRaftNode(config, log, (error) => void failures.push(String(error)))
  return {
    port: httpPort,
    close: async () => {
      await node.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let opened: ReturnType<typeof open> | null = null

function makeCall(random: Random): string {
  const [path, body] = random.pick<readonly [string, string]>([
    ['queue/AddTrack', '{"id":"a","title":"t","artist":"","duration":"7"}'],
    ['queue/AddTrack', '{"id":"€","votes":-1}'],
    ['queue/VoteTrack', '{"id":"a","up":true}'],
    ['queue/PlayNext', '{}'],
    ['queue/GetQueue', '{"offset":"1","limit":2}'],
    ['queue/GetMetadata', '{"id":"a"}'],
    ['admin/Status', '{}'],
    ['admin/TransferLeadership', '{"to":"2"}'],
  ])
  const identity = random.chance(0.3)
    ? 'x-client-id: 2894e6fd-267d-42d8-9b3e-8c383bed93ce\r\nx-request-id: 5\r\n'
    : ''
  const head = `POST /api/${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${identity}`
  const length = Buffer.byteLength(body)
  return `${head}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`
}

const node: Target = {
  name: 'http/raft-node',
  words: [
    '\r\n',
    '/status',
    '/events',
    '/__proto__',
    'constructor',
    '?',
    '%00',
    'HTTP/1.1',
    'POST ',
    '\0',
    ...['/api/queue/', '/api/admin/', '"limit":', '{"id":', 'null', '\\ud800', 'x-request-id: '],
    ...['content-length: 0', 'transfer-encoding: chunked', 'origin: null', 'x-admin-token: '],
  ],
  seed: (random) => {
    if (random.chance(0.6)) return request(Buffer.from(makeCall(random)))
    const probes = ['/livez', '/readyz', '/status', '/metrics', '/status?x=1', '/none'] as const
    const page = ['/', '/about', '/assets/%2e%2e/%2e%2e/package.json', '/%00'] as const
    const path = random.pick([...probes, ...page])
    const method = random.pick(['GET', 'GET', 'HEAD', 'POST', 'OPTIONS'])
    const head = `${method} ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`
    return request(Buffer.from(head))
  },
  run: async (input) => {
    opened ??= open()
    const { port } = await opened
    const statuses = statusesOf(await exchanged(port, input))
    assert.deepEqual(failures.splice(0), [])
    assert(!statuses.includes(500), 'an internal error')
    return statuses.includes(200) ? { accepted: true, value: null } : { accepted: false }
  },
  close: async () => {
    const held = await opened
    opened = null
    await held?.close()
  },
}

export const raftHttp: readonly Target[] = [node]
