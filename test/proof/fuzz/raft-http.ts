import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger } from '../../../common/logger.ts'
import { readRaftConfig } from '../../../music-raft/server/config.ts'
import { openRaftNode } from '../../../music-raft/server/node.ts'
import { freePorts } from '../../ports.ts'
import { exchanged, request, statusesOf } from './http-exchange.ts'
import { scratchFolder } from './scratch.ts'
import type { Target } from './target.ts'

// The HTTP port of a Raft node, for people, probes and Prometheus: a cluster of one in this process.

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
  ],
  seed: (random) => {
    const path = random.pick(['/livez', '/readyz', '/status', '/metrics', '/status?x=1', '/none'])
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
