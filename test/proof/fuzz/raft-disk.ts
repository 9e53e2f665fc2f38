import assert from 'node:assert/strict'
import { crc32c } from '@node-rs/crc32'
import { MemoryDisk } from '../../../common/record-log/test/memory-disk.ts'
import { CorruptLog, StorageFailure } from '../../../common/storage-errors.ts'
import {
  configurationOf,
  decodeConfiguration,
  encodeConfiguration,
} from '../../../music-raft/raft/configuration.ts'
import type { Configuration, SnapshotMetadata } from '../../../music-raft/raft/messages.ts'
import { type Identity, readIdentity, writeIdentity } from '../../../music-raft/server/identity.ts'
import { finishSwap } from '../../../music-raft/server/recovery/swap.ts'
import { LogImage } from '../../../music-raft/server/storage/log-image.ts'
import { decodeMetadata, encodeMetadata } from '../../../music-raft/server/storage/metadata-file.ts'
import {
  type ControlRecord,
  decodeControl,
  encodeControl,
} from '../../../music-raft/server/storage/records.ts'
import { SnapshotStore } from '../../../music-raft/server/storage/snapshot-store.ts'
import { encodeEntry } from '../../../music-raft/server/wire/entry-codec.ts'
import type { Random } from './random.ts'
import { codecTarget, REFUSED, type Target, unlessRefused, unlessRejected } from './target.ts'

function makeControl(random: Random): ControlRecord {
  const [a, b, c] = [random.count(), random.count(), random.count()]
  return random.pick<ControlRecord>([
    { kind: 'hardState', hardState: { currentTerm: a, votedFor: b || null, recovering: c } },
    { kind: 'truncate', from: a },
    { kind: 'discard', snapshotIndex: a },
    { kind: 'cluster', clusterId: random.chance(0.5) ? random.uuid() : '' },
  ])
}

const control = codecTarget<ControlRecord>('raft-disk/control', {
  ...{ make: makeControl, encode: encodeControl, decode: decodeControl, refusals: [] },
})

export function makeConfiguration(random: Random): Configuration {
  const ids = new Set(random.list(6, () => 1 + random.below(9)))
  const members = [...ids].map((id) => ({ id, address: `raft-node${id}:${random.below(65_536)}` }))
  const voters = random.below(members.length + 1)
  return configurationOf(members.slice(0, voters), members.slice(voters))
}

const configuration = codecTarget<Configuration>(
  'raft-disk/configuration',
  {
    ...{ make: makeConfiguration, encode: encodeConfiguration, decode: decodeConfiguration },
    refusals: [],
    essence: (value) => JSON.parse(Buffer.from(encodeConfiguration(value)).toString()),
  },
  { words: ['"voters":', '"id":', 'null', '{}', '[]', '-1', '1e999', '[[[[', '"__proto__":{'] },
)

function makeMetadata(random: Random): SnapshotMetadata {
  return {
    ...{ lastIncludedIndex: 1 + random.below(9), lastIncludedTerm: 1 + random.below(9) },
    ...{ size: random.below(40), checksum: random.below(2 ** 32) },
    configuration: makeConfiguration(random),
  }
}

const JSON_WORDS = ['null', '{}', '[]', '-1', '1e999', '""', 'true', '0.5', '9007199254740993']

/** A checksum that fits the JSON behind it. */
function forgeMetadata(input: Buffer): Buffer {
  const body = input.subarray(9)
  const head = `${crc32c(body).toString(16).padStart(8, '0')}\n`
  return Buffer.concat([Buffer.from(head), body])
}

const metadata = codecTarget<SnapshotMetadata>(
  'raft-disk/snapshot-metadata',
  { make: makeMetadata, encode: encodeMetadata, decode: decodeMetadata, refusals: [] },
  { forge: forgeMetadata, words: JSON_WORDS },
)

/** A folder of snapshots whose files are what the input says: a store opens, or says what is damaged. */
const store: Target = {
  name: 'raft-disk/snapshot-store',
  words: JSON_WORDS,
  seed: (random) => {
    const bytes = random.bytes(30)
    const described = { ...makeMetadata(random), size: bytes.length, checksum: crc32c(bytes) }
    return Buffer.concat([
      Buffer.of(random.below(4), bytes.length),
      bytes,
      encodeMetadata(described),
    ])
  },
  forge: (input) => {
    const at = 2 + (input[1] ?? 0)
    return Buffer.concat([input.subarray(0, at), forgeMetadata(input.subarray(at))])
  },
  run: async (input) => {
    const [choice = 0, length = 0] = input
    const bytes = Buffer.from(input.subarray(2, 2 + length))
    const described = Buffer.from(input.subarray(2 + length))
    const disk = new MemoryDisk()
    const folder = '/raft/snapshots'
    const value = unlessRefused([Error], () => JSON.parse(described.toString('utf8', 9)))
    const { lastIncludedIndex: index, lastIncludedTerm: term, checksum } = value ?? {}
    if ((choice & 1) === 0) {
      disk.put(`${folder}/current.json`, described)
      const hex = Number(checksum).toString(16).padStart(8, '0')
      disk.put(`${folder}/${index}-${term}-${hex}.snapshot`, bytes)
    } else {
      disk.put(`${folder}/staged.json`, described)
      disk.put(`${folder}/staged.bin`, bytes)
    }
    const opened = await unlessRejected([CorruptLog], () => SnapshotStore.open('/raft', disk))
    return opened === null ? REFUSED : { accepted: true, value: opened.current }
  },
}

/** The records of a log, whatever they say: an image of entries that follow each other, or CorruptLog. */
const image: Target = {
  name: 'raft-disk/log-image',
  seed: (random) => {
    let index = 1
    const records = random.list(10, () => {
      if (random.chance(0.3)) {
        const made = makeControl(random)
        if (made.kind === 'truncate') index = Math.max(1, index - random.below(3))
        return encodeControl(made.kind === 'truncate' ? { ...made, from: index } : made)
      }
      const data = random.bytes(20)
      index += 1
      return encodeEntry({ term: 1 + random.below(5), index: index - 1, command: 'ADD', data })
    })
    return Buffer.concat(records.flatMap((bytes) => [Buffer.of(bytes.length), bytes]))
  },
  run: (input) => {
    const found = unlessRefused([CorruptLog], () => {
      const built = new LogImage('a log')
      for (let at = 0, sequence = 1; at < input.length; sequence += 1) {
        const length = input[at] ?? 0
        built.replay(sequence, Buffer.from(input.subarray(at + 1, at + 1 + length)))
        at += 1 + length
      }
      return built
    })
    if (found === null) return REFUSED
    const { next, hardState } = found
    const entries = found.takeEntries()
    for (const [at, entry] of entries.entries()) {
      assert.equal(entry.index, (entries[0]?.index ?? 0) + at)
    }
    if (entries.length > 0) assert.equal(entries.at(-1)?.index, (next ?? 0) - 1)
    return { accepted: true, value: { entries, hardState } }
  },
}

const IDENTITY = '/raft/identity.json'

const identity: Target = {
  name: 'raft-disk/identity',
  words: JSON_WORDS,
  seed: async (random) => {
    const disk = new MemoryDisk()
    const made: Identity = {
      ...{ nodeId: 1 + random.below(9), initialConfiguration: makeConfiguration(random) },
      lostDisk: random.chance(0.5),
    }
    await writeIdentity('/raft', made, disk)
    assert.deepEqual(await readIdentity('/raft', disk), made)
    return disk.bytes(IDENTITY)
  },
  run: async (input) => {
    const disk = new MemoryDisk()
    disk.put(IDENTITY, Buffer.from(input))
    const value = await unlessRejected([CorruptLog, StorageFailure], () =>
      readIdentity('/raft', disk),
    )
    if (value === null) return REFUSED
    await writeIdentity('/raft', value, disk)
    assert.deepEqual(await readIdentity('/raft', disk), value)
    return { accepted: true, value }
  },
}

const NOWHERE = '/no such place/raft'

/** The order to swap two sets of data, beside both: it is carried out, or refused before it touches one. */
const swap: Target = {
  name: 'raft-disk/recovery-order',
  words: [...JSON_WORDS, '["', 'before-recovery-1', '../', '00000000000000000001.log', ','],
  seed: (random) => {
    const names = ['identity.json', `${'1'.padStart(20, '0')}.log`, 'snapshots/1-1-0.snapshot']
    const some = () => names.filter(() => random.chance(0.6))
    const order = { keepIn: `before-recovery-${random.below(9)}`, old: some(), new: some() }
    return Buffer.from(JSON.stringify(order))
  },
  run: async (input) => {
    const disk = new MemoryDisk()
    disk.put(`${NOWHERE}/recovery.json`, Buffer.from(input))
    for (const folder of [NOWHERE, `${NOWHERE}/recovery.new`]) {
      disk.put(`${folder}/identity.json`, Buffer.from(folder))
      disk.put(`${folder}/${'1'.padStart(20, '0')}.log`, Buffer.from(folder))
    }
    const before = disk.paths.sort()
    const kept = await unlessRejected([CorruptLog], () => finishSwap(NOWHERE, disk))
    if (kept === null) {
      assert.deepEqual(disk.paths.sort(), before)
      return REFUSED
    }
    assert(disk.paths.every((path) => path.startsWith(`${NOWHERE}/`)))
    assert.equal(await finishSwap(NOWHERE, disk), null)
    return { accepted: true, value: kept }
  },
}

export const raftDisk: readonly Target[] = [
  control,
  configuration,
  metadata,
  store,
  image,
  identity,
  swap,
]
