import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { ConfigError } from '../../../common/config.ts'
import { segmentName } from '../../../common/record-log/segment.ts'
import { RecordLog } from '../../../common/record-log.ts'
import { CorruptLog } from '../../../common/storage-errors.ts'
import { rowsOf } from '../../../music-raft/client/load/rows.ts'
import {
  type LoadState,
  laneId,
  newLoad,
  readState,
  writeState,
} from '../../../music-raft/client/load/state-file.ts'
import { UsageError } from '../../../music-raft/client/terminal.ts'
import { beginEpoch } from '../../../picture-2pc/coordinator/identity.ts'
import { birthOf } from '../../../picture-2pc/participant/identity.ts'
import { Journal } from '../../../picture-2pc/shell/journal.ts'
import type { Random } from './random.ts'
import { scratchFolder } from './scratch.ts'
import { REFUSED, type Target, unlessRejected } from './target.ts'

// Decoders that read files by name. They get real ones, in a folder of this process.

const path = (name: string) => join(scratchFolder(), name)

function makeCsv(random: Random): Buffer {
  const cell = () => {
    const text = random.text(6)
    return random.chance(0.5) ? text.replace(/[",\n]/g, '') : `"${text.replaceAll('"', '""')}"`
  }
  const rows = random.list(6, () => [cell(), cell(), cell(), String(random.below(1000))].join(','))
  return Buffer.from(['id,title,artist,duration', ...rows, ''].join('\n'))
}

/** The rows of a file to load: numbered without a gap, or UsageError. */
const csv: Target = {
  name: 'files/csv',
  words: ['"', ',', '\r\n', '\n', 'id', '""', '\ufeff', 'duration'],
  seed: makeCsv,
  run: async (input) => {
    const file = path('tracks.csv')
    writeFileSync(file, input)
    const rows = await unlessRejected([UsageError], async () => {
      const found = []
      for await (const row of rowsOf(file)) found.push(row)
      return found
    })
    if (rows === null) return REFUSED
    for (const [at, { number, track, problem }] of rows.entries()) {
      assert.equal(number, at + 1)
      assert.equal(track === null, problem !== '')
      if (track !== null) assert(Number.isSafeInteger(track.duration))
    }
    return { accepted: true, value: rows }
  },
}

const MARK = { bytes: 1, sha256: 'a'.repeat(64) }

/** What an interrupted load left: a state that the load can go on with, or UsageError. */
const loadState: Target = {
  name: 'files/load-state',
  words: ['null', '[]', '{}', '-1', '0', '"lanes":', '"answered":[', '"load":["', '1e9', '0.5'],
  seed: async (random) => {
    const file = path('load.json')
    const made: LoadState = { ...newLoad(MARK, 1 + random.below(6)), load: random.uuid() }
    await writeState(file, made)
    assert.deepEqual(await readState(file, MARK), made)
    return await readFile(file)
  },
  run: async (input) => {
    const file = path('load.json')
    writeFileSync(file, input)
    const value = await unlessRejected([UsageError], () => readState(file, MARK))
    if (value === null) return REFUSED
    assert(value.lanes >= 1, 'a row belongs to no lane')
    assert.match(laneId(value, value.lanes - 1), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    await writeState(file, value)
    assert.deepEqual(await readState(file, MARK), value)
    return { accepted: true, value }
  },
}

interface Identified {
  readonly name: string
  readonly [more: string]: unknown
}

/** Who a directory of pictures belongs to: the coordinator's file, and the participant's. */
const identity: Target = {
  name: 'files/picture-identity',
  words: ['null', '[]', '{}', '-1', '1e99', '"epochs":', '"bornAt":', '0.5', '""'],
  seed: (random) => {
    const one: Identified = { name: 'a', bornAt: random.below(2 ** 41) }
    const epochs = random.list(4, () => 1 + random.below(1000))
    const other: Identified = { name: 'a', disk: randomUUID(), epochs }
    return Buffer.from(JSON.stringify(random.chance(0.5) ? one : other))
  },
  run: async (input) => {
    const directory = path('identity')
    mkdirSync(directory, { recursive: true })
    const file = join(directory, 'identity.json')
    let accepted = false
    for (const read of [birthOf, beginEpoch]) {
      writeFileSync(file, input)
      const value = await unlessRejected<unknown>([CorruptLog, ConfigError], () =>
        read(directory, 'a', 1_700_000_000_000),
      )
      if (value === null) continue
      accepted = true
      // Once accepted, it stays acceptable: what was written over it is read at the next start.
      assert.notEqual(await read(directory, 'a', 1_700_000_000_000), null)
    }
    return accepted ? { accepted: true, value: null } : REFUSED
  },
}

/** A journal's checkpoint and the bytes of one record, each behind a checksum that fits. */
const journal: Target = {
  name: 'files/picture-journal',
  words: ['null', '{', '"sequence":', '"state":', '-1', '1e99', '[]', '0.5'],
  seed: (random) => {
    const record = JSON.stringify({ type: 'commit', transactionId: random.text(8) })
    const checkpoint = JSON.stringify({ sequence: 0, state: { pictures: [] } })
    return Buffer.concat([Buffer.of(record.length & 0x7f), Buffer.from(record + checkpoint)])
  },
  run: async (input) => {
    const directory = path(`journal-${process.hrtime.bigint()}`)
    mkdirSync(directory)
    try {
      const length = input[0] ?? 0
      const bytes = input.subarray(1, 1 + length)
      const log = await RecordLog.open({ directory, segmentBytes: 4096, onRecord: () => undefined })
      await log.append([bytes])
      await log.close()
      const body = input.subarray(1 + length)
      const head = Buffer.from(`${crc32c(body).toString(16).padStart(8, '0')}\n`)
      if (body.length > 0) {
        writeFileSync(join(directory, 'checkpoint.json'), Buffer.concat([head, body]))
      }
      assert((await readFile(join(directory, segmentName(1)))).length > 0)
      const opened = await unlessRejected([CorruptLog], () => Journal.open(directory))
      if (opened === null) return REFUSED
      await opened.journal.close()
      return { accepted: true, value: [opened.records, opened.snapshot] }
    } finally {
      rmSync(directory, { recursive: true })
    }
  },
}

export const files: readonly Target[] = [csv, loadState, identity, journal]
