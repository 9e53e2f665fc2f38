import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ConfigError } from '../../common/config.ts'
import { Child, eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import { readCoordinatorConfig } from '../coordinator/config.ts'
import { readParticipantConfig } from '../participant/config.ts'
import { PictureCluster } from './cluster.ts'
import { MULTIPART, multipart, RawHttp } from './raw-http.ts'

type Environment = Readonly<Record<string, string>>

const COORDINATOR = 'picture-2pc/coordinator/main.js'
const PARTICIPANT = 'picture-2pc/participant/main.js'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picture-env-'))
})
const children: Child[] = []
after(async () => {
  await Promise.all(children.filter(({ running }) => running).map((child) => child.end('SIGKILL')))
  await rm(folder, { recursive: true, force: true })
})

/** A process that does not outlive this file, whatever a test finds. */
function spawned(entry: string, env: Environment): Child {
  const child = new Child('child', entry, env)
  children.push(child)
  child.start()
  return child
}

async function coordinatorEnv(): Promise<Environment> {
  const [port, grpc, peer] = await freePorts(3)
  return {
    ...{ HOST: '127.0.0.1', NODE_NAME: 'http-node1', PORT: String(port), GRPC_PORT: String(grpc) },
    ...{
      PARTICIPANTS: `grpc-node1=127.0.0.1:${peer}`,
      DATA_DIR: await mkdtemp(join(folder, 'c-')),
    },
  }
}

async function participantEnv(): Promise<Environment> {
  const [port, coordinator] = await freePorts(2)
  return {
    ...{ HOST: '127.0.0.1', NODE_NAME: 'grpc-node1', PORT: String(port) },
    ...{
      COORDINATORS: `http-node1=127.0.0.1:${coordinator}`,
      DATA_DIR: await mkdtemp(join(folder, 'p-')),
    },
    PEERS: `grpc-node1=127.0.0.1:${port}`,
  }
}

/** Runs a process that is expected to end by itself. */
async function run(entry: string, env: Environment) {
  const child = spawned(entry, env)
  const { code } = await child.exit
  return { code, text: child.lines.join('\n'), lines: child.lines }
}

const PORTS = ['', '0', '65536', '-1', '1e3', '80.5', 'http', ' 80']
const LISTS = [
  '',
  'grpc-node1',
  'a=b',
  'a=b:0',
  'a=b:65536',
  'a=b:1,a=c:2',
  '=b:1',
  'a=:1',
  'a=b:1,',
  'ä=b:1',
]
const WRONG: Readonly<Record<string, readonly string[]>> = {
  NODE_NAME: ['a b', 'ä', '-a', 'x'.repeat(64), 'a/b', '../a', 'a\n'],
  HOST: ['a b', 'http://x', '127.0.0.1/8'],
  PORT: PORTS.slice(1),
  GRPC_PORT: PORTS.slice(1),
  PARTICIPANTS: LISTS,
  COORDINATORS: LISTS,
  PEERS: LISTS,
  DATA_DIR: ['', 'a\0b'],
  VOTE_TIMEOUT_MS: ['49', '60001', '2s', '-5', '2000.5'],
  ACK_TIMEOUT_MS: ['49', '60001', '2s'],
  MAX_PICTURE_BYTES: ['0', '1073741825', '32MiB', 'Infinity'],
  LOG_LEVEL: ['verbose', 'INFO'],
  LOG_FORMAT: ['text', 'JSON'],
}

test('every variable that is wrong is named with its value and what is allowed', async () => {
  const mains = [
    [readCoordinatorConfig, await coordinatorEnv()],
    [readParticipantConfig, { ...(await participantEnv()), NODE_NAME: 'grpc-node1' }],
  ] as const
  for (const [read, good] of mains) {
    const shape = Object.keys(read(good))
    for (const [name, values] of Object.entries(WRONG)) {
      if (!shape.includes(name)) continue
      for (const value of values) {
        const found = value === '' ? 'is not set' : `is ${JSON.stringify(value)}`
        assert.throws(
          () => read({ ...good, [name]: value }),
          (error: unknown) =>
            error instanceof ConfigError && error.message.startsWith(`${name} ${found}: allowed`),
          `${name}=${value}`,
        )
      }
    }
  }
})

test('a process with a wrong environment exits with 2 and says everything that is wrong', async () => {
  const wrong = Object.fromEntries(Object.keys(WRONG).map((name) => [name, ' wrong ']))
  const cases = [
    [
      COORDINATOR,
      { ...wrong, DATA_DIR: '' },
      ['NODE_NAME', 'GRPC_PORT', 'PARTICIPANTS', 'DATA_DIR', 'VOTE_TIMEOUT_MS'],
    ],
    [
      PARTICIPANT,
      { ...wrong, DATA_DIR: '' },
      ['NODE_NAME', 'PORT', 'COORDINATORS', 'PEERS', 'DATA_DIR', 'LOG_LEVEL'],
    ],
    [COORDINATOR, {}, ['PARTICIPANTS', 'DATA_DIR']],
    [PARTICIPANT, {}, ['NODE_NAME', 'COORDINATORS', 'PEERS', 'DATA_DIR']],
  ] as const
  await Promise.all(
    cases.map(async ([entry, env, names]) => {
      const { code, lines, text } = await run(entry, env)
      assert.equal(code, 2, text)
      for (const name of names) {
        const line = lines.find((each) => each.startsWith(`${name} is `)) ?? ''
        assert.match(line, /(is not set|is " wrong "): allowed (is|are) .+\.$/, text)
      }
      assert.ok(
        lines.every((line) => !line.includes('    at ')),
        'no stack trace',
      )
    }),
  )
})

test('a port in use ends the start with a sentence that names it', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = String(typeof address === 'object' && address !== null ? address.port : 0)
  const results = await Promise.all([
    run(COORDINATOR, { ...(await coordinatorEnv()), PORT: port }),
    run(COORDINATOR, { ...(await coordinatorEnv()), GRPC_PORT: port }),
    run(PARTICIPANT, { ...(await participantEnv()), PORT: port }),
    run(PARTICIPANT, { ...(await participantEnv()), HOST: 'no-such-host.invalid' }),
  ])
  taken.close()
  const [elsewhere, ...inUse] = results.reverse()
  assert.equal(elsewhere?.code, 1)
  assert.match(elsewhere.text, /cannot listen on no-such-host\.invalid:\d+: /)
  for (const { code, text } of inUse) {
    assert.equal(code, 1, text)
    assert.match(text, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: .*in use`))
  }
})

test('a data directory that cannot be one, or is in use, ends the start with a sentence', async () => {
  const file = join(folder, 'file')
  await writeFile(file, 'x')
  const first = { ...(await participantEnv()) }
  const holder = spawned(PARTICIPANT, first)
  await holder.line(/serves on port/)
  const second = { ...(await participantEnv()), NODE_NAME: 'grpc-node2' }
  const [inUse, isFile, below] = await Promise.all([
    run(PARTICIPANT, { ...second, DATA_DIR: first['DATA_DIR'] ?? '' }),
    run(COORDINATOR, { ...(await coordinatorEnv()), DATA_DIR: file }),
    run(PARTICIPANT, { ...second, DATA_DIR: join(file, 'below') }),
  ])
  assert.equal(inUse.code, 1, inUse.text)
  assert.match(
    inUse.text,
    /is in use by grpc-node1 \(process \d+\); stop it, or give grpc-node2 its own DATA_DIR/,
  )
  for (const { code, text } of [isFile, below]) {
    assert.equal(code, 2, text)
    assert.match(text, /DATA_DIR is ".*": .*director/)
  }
  assert.deepEqual(await holder.end(), { code: 0, signal: null })
  const again = spawned(PARTICIPANT, first)
  await again.line(/serves on port/)
  await again.end('SIGKILL')
})

test('P2 a coordinator under another name over an old directory exits with 2', async () => {
  const env = await coordinatorEnv()
  const first = spawned(COORDINATOR, env)
  await first.line(/serves on port/)
  await first.end()
  const { code, text } = await run(COORDINATOR, { ...env, NODE_NAME: 'http-node2' })
  assert.equal(code, 2)
  assert.match(text, /NODE_NAME is "http-node2": DATA_DIR belongs to http-node1/)
})

test('started in any order: a coordinator alone refuses, and commits once its participants are there', async () => {
  await using cluster = await PictureCluster.create({
    env: { VOTE_TIMEOUT_MS: '300', ACK_TIMEOUT_MS: '300' },
  })
  cluster.coordinator.start()
  await cluster.coordinator.line(/serves on port/)
  assert.equal((await cluster.get('/livez')).status, 200)
  assert.equal((await cluster.get('/readyz')).status, 503)
  assert.equal((await cluster.get('/list')).status, 503)
  assert.equal((await cluster.get('/search/a')).body['code'], 'UNREACHABLE')
  assert.equal((await cluster.get('/download/a')).body['code'], 'UNREACHABLE')
  const alone = await cluster.deleteEverywhere('a')
  assert.deepEqual([alone.status, alone.body['details']], [409, ['FAILED', 'FAILED', 'FAILED']])
  assert.equal((await cluster.upload('a', 'bytes')).status, 409)
  assert.equal((await cluster.upload('a', 'bytes', 'grpc-node1')).status, 503)
  for (const child of [...cluster.participants].reverse()) child.start()
  await cluster.ready()
  assert.equal((await cluster.upload('a', 'bytes')).body['status'], 'COMMITTED')
  assert.equal((await cluster.deleteEverywhere('a')).body['status'], 'COMMITTED')
})

test('T10 SIGTERM exits with 0 in time: idle, within a transaction, within an upload', async () => {
  await using cluster = await PictureCluster.start({
    coordinatorMain: 'picture-2pc/test/impatient-coordinator.js',
    env: { VOTE_TIMEOUT_MS: '1000' },
  })
  await cluster.upload('a', 'bytes')
  const idle = await RawHttp.open(cluster.url)
  idle.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  assert.equal((await idle.answer())?.status, 200)
  const uploading = await RawHttp.open(cluster.url)
  const body = multipart([
    { disposition: 'name="file"; filename="half"', bytes: 'x'.repeat(50_000) },
  ])
  uploading.write(`POST /upload HTTP/1.1\r\nhost: x\r\n${MULTIPART}\r\n`)
  uploading.write(`content-length: ${body.length}\r\n\r\n`)
  uploading.write(body.subarray(0, 30_000))
  const [, , third] = cluster.participants
  third?.signal('SIGSTOP')
  const from = cluster.coordinator.lines.length
  const under = cluster.deleteEverywhere('a')
  await cluster.coordinator.line(/sends RPC VoteRequest to Node grpc-node3/, { from })
  const exit = cluster.coordinator.end()
  await cluster.coordinator.line(/stopping on SIGTERM/)
  const answer = await under
  assert.deepEqual([answer.status, answer.body['status']], [409, 'ABORTED'], 'it is answered')
  assert.deepEqual(await exit, { code: 0, signal: null })
  third?.signal('SIGCONT')
  for (const child of cluster.participants) {
    assert.deepEqual(await child.end(), { code: 0, signal: null })
  }
  for (const child of cluster.all) child.start()
  await cluster.ready()
  await eventually('nothing is in doubt', async () => (await cluster.inDoubt()) === 0)
  assert.deepEqual(await cluster.holders('half'), [])
  assert.equal((await cluster.deleteEverywhere('a')).body['status'], 'COMMITTED')
})
