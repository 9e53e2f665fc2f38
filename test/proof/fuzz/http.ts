import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger } from '../../../common/logger.ts'
import { readCoordinatorConfig } from '../../../picture-2pc/coordinator/config.ts'
import { openCoordinator } from '../../../picture-2pc/coordinator/node.ts'
import { readParticipantConfig } from '../../../picture-2pc/participant/config.ts'
import { openParticipant } from '../../../picture-2pc/participant/node.ts'
import { eventually } from '../../child.ts'
import { exchanged, request, statusesOf } from './http-exchange.ts'
import type { Random } from './random.ts'
import { scratchFolder } from './scratch.ts'
import type { Target } from './target.ts'

// The coordinator's HTTP port, as clients reach it: a coordinator and a participant in this process,
// and one connection for each input. Whatever is sent, an answer has a status that blames the sender,
// nothing is logged as a failure, and the connection ends.

interface Open {
  readonly port: number
  close(): Promise<void>
}

/** Failures that the processes logged. */
const failures: string[] = []

async function open(): Promise<Open> {
  const folder = mkdtempSync(join(scratchFolder(), 'http-'))
  const destination = { write: (line: string) => void failures.push(line) }
  const { log } = createLogger({ node: 'fuzz', level: 'error', format: 'json', destination })
  const fatal = (error: unknown) => void failures.push(String(error))
  const common = { HOST: '127.0.0.1', MAX_PICTURE_BYTES: '2000', PORT: '1' }
  const participant = await openParticipant(
    {
      ...readParticipantConfig({
        ...{ ...common, NODE_NAME: 'grpc-node1', DATA_DIR: join(folder, 'participant') },
        ...{ COORDINATORS: 'http-node1=127.0.0.1:1', PEERS: 'grpc-node1=127.0.0.1:1' },
      }),
      PORT: 0,
    },
    log,
    fatal,
  )
  const coordinator = await openCoordinator(
    {
      ...readCoordinatorConfig({
        ...{ ...common, DATA_DIR: join(folder, 'coordinator') },
        PARTICIPANTS: `grpc-node1=127.0.0.1:${participant.port}`,
      }),
      ...{ PORT: 0, GRPC_PORT: 0 },
    },
    log,
    fatal,
    { bodyIdleMs: 100 },
  )
  return {
    port: coordinator.port,
    close: async () => {
      await coordinator.close()
      await participant.close()
      rmSync(folder, { recursive: true, force: true })
      opened = null
    },
  }
}

let opened: Promise<Open> | null = null
const server = () => {
  opened ??= open()
  return opened
}

const NAMES = ['a.png', '%2e%2e', '%00', '%E2%82%AC', '%ff', 'x'.repeat(300), '__proto__'] as const
const BOUNDARY = 'b0'

function makeRequest(random: Random): string {
  const name = random.pick(NAMES)
  const close = 'host: a\r\nconnection: close\r\n'
  const targets: readonly [string, ...string[]] = [
    `DELETE /delete-2pc/${name}`,
    ...[`POST /like/${name}`, `GET /search/${name}`, 'GET /list'],
    ...[`GET /download/${name}`, `DELETE /delete/${name}?node=grpc-node1`, 'GET /participants'],
    ...[`GET /list?limit=2&after=${name}`, 'GET /transactions?limit=5', 'GET /transactions/x'],
    ...[`GET /picture/${name}`, `GET /list?contains=${name}`, 'GET /about', 'GET /%2e%2e/%2e%2e/x'],
    ...['GET /livez', 'GET /metrics', 'HEAD /health', `GET /download/${name}?node=grpc-node9`],
  ]
  const target = random.pick(targets)
  const key = random.chance(0.2) ? `idempotency-key: ${random.below(5)}\r\n` : ''
  return `${target} HTTP/1.1\r\n${close}${key}\r\n`
}

function makeUpload(random: Random): Buffer {
  const name = random.chance(0.7) ? random.pick(['a.png', '€', '__proto__']) : random.text(12)
  const escaped = random.chance(0.5) ? name.replaceAll('"', '%22') : name
  const star = random.chance(0.2) ? "; filename*=UTF-8''%e2%82%ac.png" : ''
  const part = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${escaped}"${star}\r\ncontent-type: image/png\r\n\r\n`
  const body = Buffer.concat([
    ...random.list(2, () => Buffer.from(part.replace('name="file"; filename', 'name'))),
    ...[Buffer.from(part), random.bytes(40), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)],
  ])
  const query = random.pick(['', '?node=grpc-node1', '?node=grpc-node1&node=grpc-node1'])
  const length = random.chance(0.7)
    ? `content-length: ${body.length}`
    : 'transfer-encoding: chunked'
  const framed = length.startsWith('t')
    ? Buffer.concat([
        Buffer.from(`${body.length.toString(16)}\r\n`),
        body,
        Buffer.from('\r\n0\r\n\r\n'),
      ])
    : body
  const head = `POST /upload${query} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: multipart/form-data; boundary=${BOUNDARY}\r\n${length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), framed])
}

const coordinator: Target = {
  name: 'http/coordinator',
  words: [
    '/events',
    ...['\r\n', '\r\n\r\n', `--${BOUNDARY}`, '%', '%00', '..', 'filename="', "filename*=UTF-8''"],
    ...['content-length: 0', 'transfer-encoding: chunked', '?node=', '&', 'HTTP/1.1', 'ffffffff'],
    ...['expect: 100-continue\r\n', 'idempotency-key: ', 'name="file"', '\0', '__proto__'],
    ...['origin: http://a\r\n', 'if-none-match: *\r\n', 'sec-fetch-site: cross-site\r\n'],
  ],
  seed: (random) =>
    request(random.chance(0.5) ? Buffer.from(makeRequest(random)) : makeUpload(random)),
  run: async (input) => {
    const { port } = await server()
    const answer = await exchanged(port, input)
    const statuses = statusesOf(answer)
    assert.deepEqual(failures.splice(0), [])
    assert(!statuses.includes(500), answer.slice(0, 2000))
    const accepted = statuses.some((status) => status === 200)
    return accepted ? { accepted: true, value: null } : { accepted: false }
  },
  close: async () => {
    const held = await opened
    if (held === null) return
    try {
      await eventually('no transaction is left in doubt', async () => {
        const answer = await fetch(`http://127.0.0.1:${held.port}/participants`)
        return (await answer.text()).includes('"in_doubt_total":0')
      })
    } finally {
      await held.close()
    }
  },
}

export const http: readonly Target[] = [coordinator]
