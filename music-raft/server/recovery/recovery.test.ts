import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { ConfigError } from '../../../common/config.ts'
import { openDataDirectory } from '../../../common/data-directory.ts'
import { createLogger } from '../../../common/logger.ts'
import { type FileSystem, nodeFileSystem } from '../../../common/record-log/file-system.ts'
import { CorruptLog, DataDirectoryInUse } from '../../../common/storage-errors.ts'
import { freePorts } from '../../../test/ports.ts'
import { readRaftConfig } from '../config.ts'
import { openRaftNode } from '../node.ts'
import { recover } from '../recovered.ts'
import { encodeEntry } from '../wire/entry-codec.ts'
import { RecoveryRefused, recoverQuorum } from './command.ts'
import { readSurvivor } from './survivor.ts'
import { finishSwap } from './swap.ts'
import { configOf, exampleLog, OLD_CLUSTER, oldDisk, request, SEGMENT_BYTES } from './test/disks.ts'

const LOOK = { understood: false, despiteLostDisk: false }
const DO = { understood: true, despiteLostDisk: false }

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recovery-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** Resolves with what was printed. */
async function run(order: typeof LOOK, config = configOf(directory)): Promise<string> {
  let printed = ''
  const out = (text: string) => {
    printed += text
  }
  await recoverQuorum(config, order, { out, segmentBytes: SEGMENT_BYTES })
  return printed
}

/** Every file and its bytes, but for the lock's note on who holds it. */
async function contents(of = directory): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const entry of await readdir(of, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.name === 'LOCK') continue
    found.set(relative(of, path), entry.isFile() ? await readFile(path, 'latin1') : 'a folder')
  }
  return found
}

async function survivor() {
  const found = await readSurvivor(directory, configOf(directory))
  assert(found !== null)
  return found
}

describe('S17 without the word for it nothing is changed', () => {
  test('a dry run shows what the disk holds, and changes no byte', async () => {
    const { machine } = await oldDisk(directory, { snapshotAt: 4 })
    const before = await contents()
    assert(before.size > 4)
    const printed = await run(LOOK)
    assert.deepEqual(await contents(), before)
    assert.match(printed, /cluster +00000000-0000-4000-8000-00000000001d\n/)
    assert.match(printed, /term +4\n/)
    assert.match(printed, /last entry +index 13 of term 3\n/)
    assert.match(printed, /snapshot +up to index 4\n/)
    assert.match(printed, /voters +1=node1:50050 .* 5=node5:50050\n +learners +6=node6:50050\n/)
    assert.match(printed, /queue +4 tracks\n +history +2 tracks\n +sessions +1\n/)
    assert(printed.includes(machine.stateHash()))
    assert.match(printed, /Nothing was changed\..*Here: term 3, index 13\./s)
  })

  test('not even a torn tail is cut', async () => {
    const { machine } = await oldDisk(directory)
    const segment = (await readdir(directory)).find((name) => name.endsWith('.log')) ?? ''
    const path = join(directory, segment)
    const bytes = await readFile(path)
    bytes[bytes.findLastIndex((byte) => byte !== 0) + 40] = 1
    await writeFile(path, bytes)
    const before = await contents()
    assert((await run(LOOK)).includes(machine.stateHash()))
    assert.deepEqual(await contents(), before)
  })
})

describe('L10 a disk becomes the only member of a new cluster', () => {
  for (const snapshotAt of [0, 4, 13]) {
    test(`with all that it holds, its snapshot being at ${snapshotAt}`, async () => {
      const old = await oldDisk(directory, { snapshotAt })
      const before = await contents()
      const printed = await run(DO)
      assert.match(printed, /Node 1 is the only member of the new cluster/)

      const now = await survivor()
      assert.equal(now.machine.stateHash(), old.machine.stateHash())
      assert.deepEqual([now.machine.size, now.machine.historySize], [4, 2])
      assert.deepEqual([now.last, now.snapshotIndex], [{ index: 13, term: 3 }, 13])
      assert.equal(now.term, 5)
      assert.notEqual(now.clusterId, OLD_CLUSTER)
      assert(printed.includes(now.clusterId))
      const voters = [{ id: 1, address: 'node1:50050' }]
      assert.deepEqual(now.configuration, { voters, learners: [] })

      const kept = await contents(join(directory, 'before-recovery-1'))
      assert.deepEqual(kept, before, 'the old data are kept as they were')
      const names = ['00000000000000000001.log', 'LOCK', 'before-recovery-1', 'identity.json']
      const left = (await readdir(directory)).filter((name) => name !== 'spare.tmp')
      assert.deepEqual(left.sort(), [...names, 'snapshots'])
    })
  }

  test('a request that is repeated after it still takes effect once', async () => {
    await oldDisk(directory)
    await run(DO)
    const { replica, storage } = await recover(directory, configOf(directory))
    const again = { index: 14, term: 6, command: 'VOTE' }
    const data = request(9, { kind: 'VOTE', id: 'f', up: true })
    const entry = { ...again, data, encoded: encodeEntry({ ...again, data }) }
    assert.equal(replica.apply(entry).outcome?.replayed, true)
    assert.equal(replica.machine.track('f')?.votes, 1)
    await storage.close()
  })

  test('what was done is not done again', async () => {
    await oldDisk(directory)
    await run(DO)
    const before = await contents()
    assert.match(await run(DO), /needs no recovery: start it/)
    assert.deepEqual(await contents(), before)
  })

  test('the data kept from one recovery survive the next', async () => {
    await oldDisk(directory)
    await mkdir(join(directory, 'before-recovery-1'))
    await writeFile(join(directory, 'before-recovery-1', 'identity.json'), 'precious')
    await run(DO)
    const kept = join(directory, 'before-recovery-1', 'identity.json')
    assert.equal(await readFile(kept, 'utf8'), 'precious')
    assert((await readdir(join(directory, 'before-recovery-2'))).includes('identity.json'))
  })

  test('what lies beside the data of the node stays where it is', async () => {
    await oldDisk(directory)
    await writeFile(join(directory, 'notes.txt'), 'mine')
    await run(DO)
    assert.equal(await readFile(join(directory, 'notes.txt'), 'utf8'), 'mine')
  })
})

describe('L10 the tool is killed while it exchanges the data', () => {
  /** Dies at the so many-th change of a name, the data being made counting for nothing yet. */
  function dying(step: number): FileSystem {
    let changes = 0
    const change = <A extends string[]>(work: (...paths: A) => Promise<void>) => {
      return async (...paths: A): Promise<void> => {
        if (!paths.every((path) => path.includes('recovery.new/'))) changes += 1
        if (changes >= step) throw new Error('killed')
        await work(...paths)
      }
    }
    const { rename, remove } = nodeFileSystem
    return { ...nodeFileSystem, rename: change(rename), remove: change(remove) }
  }

  async function killedAt(step: number): Promise<boolean> {
    const world = { out: () => undefined, segmentBytes: SEGMENT_BYTES, fileSystem: dying(step) }
    return recoverQuorum(configOf(directory), DO, world).then(
      () => false,
      (error: unknown) => {
        assert.match(String(error), /killed/)
        return true
      },
    )
  }

  test('at whichever file, the next run finishes it', async () => {
    const template = join(directory, 'template')
    await mkdir(template)
    const { machine } = await oldDisk(template, { snapshotAt: 4 })
    const before = await contents(template)
    let killed = 0
    for (let step = 1; ; step += 1) {
      await rm(directory, { recursive: true })
      await mkdir(directory)
      await oldDisk(directory, { snapshotAt: 4 })
      if (!(await killedAt(step))) break
      killed += 1
      const ordered = (await readdir(directory)).includes('recovery.json')
      const left = await contents()
      const told = await run(LOOK)
      assert.match(told, ordered ? /was interrupted/ : /Nothing was changed/)
      assert.deepEqual(await contents(), left)
      const again = await run(DO)
      assert.match(again, ordered ? /that was interrupted is finished/ : /is the only member/)
      const now = await survivor()
      assert.equal(now.machine.stateHash(), machine.stateHash())
      assert.notEqual(now.clusterId, OLD_CLUSTER)
      const kept = await contents(join(directory, 'before-recovery-1'))
      assert.deepEqual([...kept.keys()].sort(), [...before.keys()].sort())
      assert(!(await readdir(directory)).includes('recovery.new'))
    }
    assert(killed > 6, `killed ${killed} times`)
  })

  test('the start of the node finishes it too', async () => {
    await oldDisk(directory)
    assert(await killedAt(4))
    const [peer, PORT, HTTP_PORT] = (await freePorts(3)).map(String)
    const environment = { NODE_ID: '1', HOST: '127.0.0.1', DATA_DIR: directory }
    const PEERS = `1=127.0.0.1:${peer}`
    const config = readRaftConfig({ ...environment, PEERS, PORT, HTTP_PORT })
    let lines = ''
    const destination = { write: (line: string) => (lines += line) }
    const { log } = createLogger({ node: '1', level: 'info', format: 'pretty', destination })
    const node = await openRaftNode(config, log, (error) => {
      throw error
    })
    await node.close()
    assert.match(lines, /finished a recovery that was interrupted; .*before-recovery-1/)
    assert.match(lines, /Node 1 begins in term 5 with a log up to 13/)
    assert.notEqual((await survivor()).clusterId, OLD_CLUSTER)
  })
})

describe('S17 what is not fit for it is refused, and stays as it is', () => {
  /** Refused with and without the word for it where `always`, else only with it. */
  async function refused(why: RegExp | (new (...args: never[]) => Error), always = true) {
    const before = await contents()
    await assert.rejects(run(DO), why)
    if (always) await assert.rejects(run(LOOK), why)
    else await run(LOOK)
    assert.deepEqual(await contents(), before)
  }

  test('a disk on which no node has begun', async () => {
    await refused(RecoveryRefused)
    await refused(/belongs to no cluster yet/)
  })

  test('a disk without an entry', async () => {
    await oldDisk(directory, { entries: [] })
    await refused(/The log in .* is empty/, false)
  })

  test('a disk that was lost before and has not caught up, but for a word of its own', async () => {
    const { machine } = await oldDisk(directory, { recovering: 77 })
    await refused(/had lost its disk and had not caught up.*--despite-lost-disk/, false)
    assert.match(await run(LOOK), /Warning: It had lost its disk before/)
    await run({ understood: true, despiteLostDisk: true })
    const now = await survivor()
    assert.equal(now.machine.stateHash(), machine.stateHash())
    assert.equal(now.recovering, false)
  })

  test('the disk of another node', async () => {
    await oldDisk(directory)
    const before = await contents()
    await assert.rejects(run(DO, configOf(directory, 2)), /NODE_ID is "2": allowed is 1/)
    assert.deepEqual(await contents(), before)
  })

  test('S2 a damaged disk', async () => {
    await oldDisk(directory, { snapshotAt: 4 })
    const [name = ''] = (await readdir(join(directory, 'snapshots'))).filter((each) =>
      each.endsWith('.snapshot'),
    )
    await rm(join(directory, 'snapshots', name))
    await refused(CorruptLog)
  })

  test('a disk in use', async () => {
    await oldDisk(directory)
    await using _node = await openDataDirectory(directory, 'Node 1')
    await refused(DataDirectoryInUse)
  })

  test('a folder that is not there, which is not made', async () => {
    const nowhere = join(directory, 'nowhere')
    await assert.rejects(run(LOOK, configOf(nowhere)), ConfigError)
    await assert.rejects(run(DO, configOf(nowhere)), /DATA_DIR is ".*nowhere": allowed is/)
    assert.deepEqual(await readdir(directory), [])
  })

  test('an order to exchange the data that is not ours', async () => {
    await oldDisk(directory)
    const order = { keepIn: 'before-recovery-1', old: ['snapshots/../../x'], new: [] }
    await writeFile(join(directory, 'recovery.json'), JSON.stringify(order))
    await assert.rejects(finishSwap(directory), CorruptLog)
  })
})

test('a node that was no voter is told of', async () => {
  await oldDisk(directory, { voters: [2, 3, 4, 5], entries: exampleLog().slice(0, 5) })
  assert.match(await run(LOOK), /Warning: It was no voter of its cluster/)
})
