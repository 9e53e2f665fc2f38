import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { crc32c } from '@node-rs/crc32'
import { MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import { RaftNode } from '../../raft/node.ts'
import { encodeEntry } from '../wire/entry-codec.ts'
import { RaftStorage } from './raft-storage.ts'

const configuration = { voters: [1, 2, 3].map((id) => ({ id, address: `${id}:1` })), learners: [] }

function entry(index: number, term: number) {
  const given = { index, term, command: 'ADD', data: Buffer.from(`${index}`) }
  return { ...given, encoded: encodeEntry(given) }
}

function restarted(
  storage: RaftStorage,
  found: Awaited<ReturnType<typeof RaftStorage.open>>['found'],
) {
  const { hardState, entries } = found
  return new RaftNode(
    { id: 1, random: () => 0, encodeEntry },
    {
      hardState,
      entries,
      snapshot: storage.snapshots.current,
      initialConfiguration: configuration,
    },
  )
}

/** Saves what the core owes; an answer that it waits for is of no concern here. */
async function pay(core: RaftNode, storage: RaftStorage): Promise<void> {
  for (let ready = core.ready(); ready !== null; ready = core.ready()) {
    if (ready.save === null) continue
    await storage.save([ready.save])
    core.step({ kind: 'saved', id: ready.save.id })
  }
}

test('S16 killed between a snapshot and the end of the log it replaces: goes on, again and again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'install-crash-'))
  try {
    const hardState = { currentTerm: 2, votedFor: null, recovering: 0 }
    const nothing = { chunks: [], snapshot: null, discardLog: false, truncateFrom: null }
    const bytes = Buffer.from('the state of the queue')
    const snapshot = {
      ...{ lastIncludedIndex: 9, lastIncludedTerm: 2, configuration },
      ...{ size: bytes.length, checksum: crc32c(bytes) },
    }
    const first = await RaftStorage.open({ directory })
    const entries = [1, 2, 3].map((index) => entry(index, 1))
    await first.storage.save([{ ...nothing, id: 1, hardState, entries }])
    await first.storage.snapshots.stage([{ snapshot, offset: 0, data: bytes }])
    await first.storage.snapshots.install(snapshot)
    await first.storage.close() // and the record that drops the log was never written

    const second = await RaftStorage.open({ directory })
    const core = restarted(second.storage, second.found)
    await pay(core, second.storage)
    const parties = { from: 2, to: 1, term: 2, sequence: 1, recoveryNonce: 0, recoveryBarrier: 0 }
    const next = { prevLogIndex: 9, prevLogTerm: 2, entries: [entry(10, 2)], leaderCommit: 9 }
    core.step({ kind: 'receive', message: { type: 'AppendEntries', ...parties, ...next } })
    await pay(core, second.storage)
    await second.storage.close()

    const third = await RaftStorage.open({ directory })
    assert.deepEqual(
      third.found.entries.map(({ index }) => index),
      [10],
    )
    assert.equal(restarted(third.storage, third.found).status().lastIndex, 10)
    await third.storage.close()
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('S16 killed between a second snapshot and its record, with nothing after the first: goes on', async () => {
  const directory = '/disk'
  const fileSystem = new MemoryDisk()
  const nothing = { hardState: null, chunks: [], truncateFrom: null, entries: [] }
  const bytes = Buffer.from('the state of the queue')
  const parts = { lastIncludedTerm: 2, configuration, size: bytes.length, checksum: crc32c(bytes) }
  const [five, nine] = [5, 9].map((lastIncludedIndex) => ({ lastIncludedIndex, ...parts }))
  assert(five !== undefined && nine !== undefined)
  const first = await RaftStorage.open({ directory, fileSystem })
  const hardState = { currentTerm: 2, votedFor: null, recovering: 0 }
  const chunks = [{ snapshot: five, offset: 0, data: bytes }]
  const installed = { ...nothing, hardState, chunks, snapshot: five, discardLog: true }
  await first.storage.save([{ ...installed, id: 1 }])
  await first.storage.snapshots.stage([{ snapshot: nine, offset: 0, data: bytes }])
  await first.storage.snapshots.install(nine)
  await first.storage.close() // and the record that drops the log was never written
  const second = await RaftStorage.open({ directory, fileSystem })
  await second.storage.save([
    { ...nothing, id: 2, snapshot: null, discardLog: false, entries: [entry(10, 2)] },
  ])
  await second.storage.close()
  const third = await RaftStorage.open({ directory, fileSystem })
  assert.equal(restarted(third.storage, third.found).status().lastIndex, 10)
})
