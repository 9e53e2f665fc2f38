import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from '../../common/config.ts'
import { readRaftConfig } from './config.ts'

const GOOD = {
  NODE_ID: '2',
  PEERS: '1=raft-node1:50050,2=raft-node2:50050,3=[::1]:50050',
  DATA_DIR: '/data',
}

describe('configuration of a Raft node', () => {
  test('the defaults are the original timers', () => {
    const config = readRaftConfig(GOOD)
    assert.equal(config.heartbeatTicks * config.tickMs, 1000)
    assert.equal(config.electionTimeoutMinTicks * config.tickMs, 1500)
    assert.equal(config.electionTimeoutMaxTicks * config.tickMs, 3000)
    assert.deepEqual([config.PORT, config.HTTP_PORT, config.peerPort], [50051, 8080, 50050])
    assert.equal(config.SNAPSHOT_ENTRIES, 10_000)
    assert.deepEqual(
      config.initialConfiguration.voters.map(({ id }) => id),
      [1, 2, 3],
    )
  })

  test('JOIN: no member from birth', () => {
    const config = readRaftConfig({ ...GOOD, JOIN: 'true' })
    assert.deepEqual(config.initialConfiguration, { voters: [], learners: [] })
    assert.equal(config.members.length, 3)
  })

  test('ticks keep the order of the timeouts, however short they are', () => {
    const short = {
      HEARTBEAT_INTERVAL_MS: '10',
      ELECTION_TIMEOUT_MIN_MS: '20',
      ELECTION_TIMEOUT_MAX_MS: '30',
    }
    const config = readRaftConfig({ ...GOOD, ...short })
    assert(config.heartbeatTicks < config.electionTimeoutMinTicks)
    assert(config.electionTimeoutMinTicks < config.electionTimeoutMaxTicks)
  })

  const refused: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['no id', { NODE_ID: '' }, /NODE_ID is not set/],
    ['id 0', { NODE_ID: '0' }, /NODE_ID is "0": allowed is a whole number from 1/],
    ['id not in PEERS', { NODE_ID: '9' }, /PEERS is ".*": .*names this node, 9/],
    ['a peer without a number', { PEERS: 'a=h:1,2=h:2' }, /PEERS is "a=h:1,2=h:2": .*node ids/],
    ['a peer twice', { PEERS: '2=h:1,2=h:2' }, /PEERS is/],
    ['a peer without a port', { PEERS: '2=h' }, /PEERS is "2=h"/],
    ['one port for two things', { PORT: '50050' }, /PORT is "50050": .* must differ/],
    ['no directory', { DATA_DIR: '' }, /DATA_DIR is not set/],
    [
      'L7 election timeout below the heartbeat',
      { ELECTION_TIMEOUT_MIN_MS: '1000' },
      /ELECTION_TIMEOUT_MIN_MS is "1000": allowed is more than HEARTBEAT_INTERVAL_MS/,
    ],
    [
      'L7 no room for chance',
      { ELECTION_TIMEOUT_MAX_MS: '1500' },
      /ELECTION_TIMEOUT_MAX_MS is "1500": allowed is more than ELECTION_TIMEOUT_MIN_MS/,
    ],
    ['a number with a unit', { SNAPSHOT_ENTRIES: '10k' }, /SNAPSHOT_ENTRIES is "10k"/],
    ['a short token, which is not shown', { ADMIN_TOKEN: 'short' }, /ADMIN_TOKEN is not allowed/],
    ['a word that is none', { JOIN: 'yes' }, /JOIN is "yes": allowed is one of true, false/],
  ]
  for (const [what, environment, expected] of refused) {
    test(`refused: ${what}`, () => {
      assert.throws(
        () => readRaftConfig({ ...GOOD, ...environment }),
        (error) => error instanceof ConfigError && expected.test(error.message),
      )
    })
  }
})
