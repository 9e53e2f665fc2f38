import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createLogger } from '../../common/logger.ts'
import { RaftNode } from '../raft/node.ts'
import { Driver } from './driver.ts'
import { Teller } from './events.ts'
import { Replica } from './replica.ts'
import { Requests } from './requests.ts'
import { RaftStorage } from './storage/raft-storage.ts'
import { encodeEntry } from './wire/entry-codec.ts'

const COUNT = 2000
/** Each entry takes this long to apply, so that the whole log takes many turns' time. */
const APPLY_MS = 0.1

class SlowReplica extends Replica {
  override apply(entry: Parameters<Replica['apply']>[0]) {
    for (const until = performance.now() + APPLY_MS; performance.now() < until; );
    return super.apply(entry)
  }
}

/** A cluster of one whose log holds entries that are not known to be committed. */
function restarted(): RaftNode {
  const entries = Array.from({ length: COUNT }, (_, place) => {
    const entry = { term: 1, index: place + 1, command: 'NOOP', data: new Uint8Array() }
    return { ...entry, encoded: encodeEntry(entry) }
  })
  return new RaftNode(
    { id: 1, random: () => 0, encodeEntry, maxApplyEntries: 10 },
    {
      hardState: { currentTerm: 1, votedFor: null, recovering: 0 },
      snapshot: null,
      entries,
      initialConfiguration: { voters: [{ id: 1, address: 'one:1' }], learners: [] },
    },
  )
}

test('S14 a long log is applied over many turns, between which others get theirs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'driver-'))
  const { storage } = await RaftStorage.open({ directory, segmentBytes: 64 * 1024 })
  const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
  const core = restarted()
  const driver = new Driver({
    ...{ core, storage, log, tickMs: 1000 },
    replica: new SlowReplica(),
    requests: new Requests(1000, 10),
    teller: new Teller(log, 1),
    compaction: { entries: 1e9, growth: 1, bytes: 1e9, intervalMs: 1e9 },
    send: () => undefined,
    observe: () => undefined,
    clusterNamed: () => undefined,
    fatal: (error) => {
      throw error
    },
  })
  driver.start()
  try {
    driver.submit({ kind: 'campaign' })
    const seen = new Set<number>()
    while (driver.status.lastApplied <= COUNT) {
      seen.add(driver.status.lastApplied)
      await nextTurn()
    }
    assert(seen.size > 2, `others saw it at ${[...seen]}`)
  } finally {
    await driver.stop()
    await storage.close()
    await rm(directory, { recursive: true })
  }
})
