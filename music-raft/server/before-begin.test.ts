import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CodedError } from '../../common/errors.ts'
import { createLogger } from '../../common/logger.ts'
import { readRaftConfig } from './config.ts'
import { writeIdentity } from './identity.ts'
import { recover } from './recovered.ts'
import { Server } from './server.ts'
import { RaftStorage } from './storage/raft-storage.ts'
import { encodeEntry } from './wire/entry-codec.ts'

/** A node whose servers listen already and whose core is not there yet. */
async function listening(directory: string): Promise<Server> {
  const config = readRaftConfig({
    ...{ NODE_ID: '1', PEERS: '1=127.0.0.1:1,2=127.0.0.1:2,3=127.0.0.1:3', DATA_DIR: directory },
  })
  const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
  const fatal = (error: unknown) => {
    throw error
  }
  return new Server({ config, log, fatal, directory, recovered: await recover(directory, config) })
}

test('R24 a node that is asked before its core is there says what its disk holds', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'before-begin-'))
  const { storage } = await RaftStorage.open({ directory })
  const given = { index: 1, term: 3, command: 'NOOP', data: new Uint8Array() }
  const entries = [{ ...given, encoded: encodeEntry(given) }]
  const hardState = { currentTerm: 3, votedFor: 2, recovering: 0 }
  const nothing = { chunks: [], snapshot: null, discardLog: false, truncateFrom: null }
  await storage.save([{ ...nothing, id: 1, hardState, entries }])
  await storage.close()
  const initialConfiguration = { voters: [{ id: 1, address: '127.0.0.1:1' }], learners: [] }
  await writeIdentity(directory, { nodeId: 1, initialConfiguration, lostDisk: false })
  const server = await listening(directory)
  assert.equal(server.position().lastIndex, 1)
  await server.stop()
  await rm(directory, { recursive: true })
})

test('two nodes at one address are refused: one of them would never be heard', () => {
  const env = { NODE_ID: '1', PEERS: '1=a:1,2=b:2,3=b:2', DATA_DIR: '/nowhere' }
  assert.throws(() => readRaftConfig(env), /PEERS is "1=a:1,2=b:2,3=b:2": allowed is .* address/)
})

test('L12 nobody names the cluster of a node that does not know whether it has begun', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'before-begin-'))
  const server = await listening(directory)
  server.membership.adoptCluster('another')
  assert.equal(server.membership.clusterId(), '')
  const message = { type: 'TimeoutNow', from: 2, to: 1, term: 9, sequence: 1 } as const
  assert.throws(
    () => server.receive(message),
    (error) => error instanceof CodedError && error.code === 'STARTING',
  )
  await server.stop()
  await rm(directory, { recursive: true })
})
