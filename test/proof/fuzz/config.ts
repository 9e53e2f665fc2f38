import assert from 'node:assert/strict'
import { ConfigError } from '../../../common/config.ts'
import { CodedError } from '../../../common/errors.ts'
import { parseEndpoints } from '../../../music-raft/client/endpoints.ts'
import { QueueError } from '../../../music-raft/queue/errors.ts'
import { checkIdentity } from '../../../music-raft/queue/validate.ts'
import { readRaftConfig } from '../../../music-raft/server/config.ts'
import { readCoordinatorConfig } from '../../../picture-2pc/coordinator/config.ts'
import { readParticipantConfig } from '../../../picture-2pc/participant/config.ts'
import { pictureName } from '../../../picture-2pc/shell/picture-name.ts'
import { codecTarget, REFUSED, type Target, unlessRefused } from './target.ts'

type Environment = Record<string, string>

const WORDS = [
  'localhost:50051',
  '=',
  ',',
  ':',
  '1=',
  '65535',
  ',1=z:9',
  '[::1]:1',
  '0',
  '-1',
  '1e3',
  '\0',
]

/** Lines NAME=value. */
function environmentOf(input: Buffer): Environment {
  const lines = input.toString('utf8').split('\n')
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}

/** A configuration is read whole, or ConfigError names the variables that are wrong. */
function configTarget(
  name: string,
  valid: Environment,
  read: (environment: Environment) => unknown,
): Target {
  const text = Object.entries(valid).map(([key, value]) => `${key}=${value}`)
  return {
    name,
    words: [...WORDS, ...Object.keys(valid).map((key) => `\n${key}=`)],
    seed: () => {
      read(valid)
      return Buffer.from(text.join('\n'))
    },
    run: (input) => {
      const value = unlessRefused([ConfigError], () => read(environmentOf(input)))
      return value === null ? REFUSED : { accepted: true, value }
    },
  }
}

const common = { HOST: '0.0.0.0', LOG_LEVEL: 'info', LOG_FORMAT: 'json', DATA_DIR: '/data' }
const PEERS = '1=a:50050,2=b:50050,3=[::1]:50050'

const raft = configTarget(
  'config/raft',
  {
    ...{ ...common, NODE_ID: '1', PEERS, PORT: '50051', HTTP_PORT: '8080', JOIN: 'false' },
    ...{ HEARTBEAT_INTERVAL_MS: '1000', ELECTION_TIMEOUT_MIN_MS: '1500' },
    ...{ ELECTION_TIMEOUT_MAX_MS: '3000', SNAPSHOT_ENTRIES: '10', ADMIN_TOKEN: 'secret-token' },
  },
  (environment) => {
    const read = readRaftConfig(environment)
    const ids = read.members.map(({ id }) => id)
    assert(ids.includes(read.id) && new Set(ids).size === ids.length)
    assert(read.peerPort >= 1 && read.peerPort <= 65_535)
    assert(read.electionTimeoutMinTicks > read.heartbeatTicks)
    assert(read.electionTimeoutMaxTicks > read.electionTimeoutMinTicks)
    return read
  },
)

const NODES = 'grpc-node1=a:1,grpc-node2=b:2'

const coordinator = configTarget(
  'config/coordinator',
  { ...common, NODE_NAME: 'http-node1', PORT: '5000', PARTICIPANTS: NODES, VOTE_TIMEOUT_MS: '50' },
  readCoordinatorConfig,
)

const participant = configTarget(
  'config/participant',
  {
    ...{ ...common, NODE_NAME: 'grpc-node1', PORT: '50051', PEERS: NODES },
    ...{ COORDINATORS: 'http-node1=c:3', MAX_PICTURE_BYTES: '1000' },
  },
  readParticipantConfig,
)

/** What `--endpoints` takes. */
const endpoints = codecTarget(
  'config/endpoints',
  {
    make: (random) => {
      const hosts = ['a', 'b', 'c.d', '[::1]', '127.0.0.1'].slice(0, 1 + random.below(5))
      return hosts.map((host, at) => ({ id: at + 1, address: `${host}:${1 + random.below(9)}` }))
    },
    encode: (list) => Buffer.from(list.map(({ id, address }) => `${id}=${address}`).join(',')),
    decode: (bytes) => [...parseEndpoints(bytes.toString('utf8'))],
    refusals: [Error],
  },
  { words: WORDS },
)

/** The name of a picture: accepted, it is its own one form. */
const picture = codecTarget<string>(
  'config/picture-name',
  {
    make: (random) => pictureName(`x${random.text(20).replace(/[/\\\p{Cc}\p{Zl}\p{Zp}]/gu, '')}`),
    encode: (name) => Buffer.from(name, 'utf8'),
    decode: (bytes) => pictureName(bytes.toString('utf8')),
    refusals: [CodedError],
    check: (name) => {
      assert(!/[/\\\0]/.test(name) && name !== '..' && name !== '.')
      assert(Buffer.byteLength(name) <= 255)
      assert.equal(name, name.normalize('NFC'))
    },
  },
  { words: ['/', '..', '\0', '\u0301', '\u2028', '\u1fbe'] },
)

/** A client's identity in the metadata of a call. */
const metadata: Target = {
  name: 'config/request-identity',
  words: ['\n', '0x10', '1e3', '9007199254740993'],
  seed: (random) => Buffer.from(`${random.uuid()}\n${random.count()}`),
  run: (input) => {
    const [client, request] = input.toString('latin1').split('\n')
    const value = unlessRefused([QueueError], () => checkIdentity(client, request))
    if (value === null) return REFUSED
    assert.deepEqual(checkIdentity(value.clientId, String(value.requestId)), value)
    return { accepted: true, value }
  },
}

export const config: readonly Target[] = [
  raft,
  coordinator,
  participant,
  endpoints,
  picture,
  metadata,
]
