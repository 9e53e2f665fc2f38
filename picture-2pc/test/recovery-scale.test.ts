import assert from 'node:assert/strict'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../test/child.ts'
import type { CoordinatorSnapshot } from '../coordinator/driver.ts'
import type { CoordinatorRecord } from '../protocol/coordinator-io.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import type { ParticipantSnapshot } from '../protocol/participant-state.ts'
import { Journal } from '../shell/journal.ts'
import { PictureCluster } from './cluster.ts'
import { metric, pictureClient, settled } from './crash-cluster.ts'

const DOUBTS = 10_000
const DISK = 'a-disk-of-an-earlier-run'

/** What a participant's disk holds that voted yes on many deletes and then lost its coordinator. */
async function prepareMany(directory: string): Promise<void> {
  await mkdir(join(directory, 'pictures'), { recursive: true })
  await writeFile(join(directory, 'pictures', 'same'), 'x') // one file stands for all of them
  const { journal } = await Journal.open<ParticipantRecord, ParticipantSnapshot>(directory)
  const picture = { size: 1, sha256: '00', blob: 'same', likes: 0, uploadTime: 1 }
  const indexes = Array.from({ length: DOUBTS }, (_, index) => index)
  await journal.append(
    indexes.flatMap((index): ParticipantRecord[] => [
      { type: 'upload', filename: `p-${index}.png`, picture },
      {
        type: 'prepare',
        transaction: {
          ...transaction(index),
          ...{ coordinatorId: 'http-node1', coordinatorDisk: DISK },
          ...{ finishedBefore: null, blob: null, preparedAt: 1 },
        },
      },
    ]),
  )
  await journal.close()
}

function transaction(index: number) {
  return {
    transactionId: `t-${index}`,
    filename: `p-${index}.png`,
    order: { epoch: 1, number: index + 1 },
    operation: { kind: 'delete' },
    participants: ['grpc-node1'],
  } as const
}

/** That coordinator's disk: every second one was committed, and no end was written. */
async function commitHalf(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const identity = { name: 'http-node1', disk: DISK, epochs: [1] }
  await writeFile(join(directory, 'identity.json'), JSON.stringify(identity))
  const { journal } = await Journal.open<CoordinatorRecord, CoordinatorSnapshot>(directory)
  const indexes = Array.from({ length: DOUBTS / 2 }, (_, index) => index * 2)
  await journal.append(
    indexes.map((index) => ({
      type: 'commit',
      ...transaction(index),
      ...{ likes: 0, requestKey: null },
    })),
  )
  await journal.close()
}

async function logBytes(directory: string): Promise<number> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log'))
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function descriptorsOf(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}

/** Long enough for the back-off to have grown; somebody keeps asking meanwhile. */
async function away(cluster: PictureCluster, t: TestContext): Promise<void> {
  t.diagnostic('away for 6 s')
  for (let second = 0; second < 6; second++) {
    await sleep(1000)
    assert.equal((await cluster.get('/readyz')).status, 503)
  }
}

// They wait more than they work.
describe('real processes recover from much', { concurrency: 3 }, () => {
  test('P17 ten thousand transactions in doubt are over soon after the coordinator answers', async (t) => {
    await using cluster = await PictureCluster.create({ participants: 1 })
    await prepareMany(join(cluster.folder, 'grpc-node1'))
    await commitHalf(join(cluster.folder, 'http-node1'))
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    child.start()
    await child.line(
      new RegExp(`serves on port \\d+: ${DOUBTS} pictures, ${DOUBTS} transactions in doubt`),
    )
    const client = pictureClient(cluster, child.name)
    const began = performance.now()
    cluster.coordinator.start()
    await cluster.coordinator.line(new RegExp(`${DOUBTS / 2} commits to deliver`))
    await cluster.ready()
    await settled(cluster, 60_000)
    t.diagnostic(`${DOUBTS} in doubt settled in ${Math.round(performance.now() - began)} ms`)
    const { pictures } = await client.unary('Status', {}, { deadlineMs: 5000 })
    client.close()
    assert.equal(pictures, DOUBTS / 2) // every even one was deleted, by its commit
    assert.deepEqual(await cluster.holders('p-4.png'), [])
    assert.deepEqual(await cluster.holders('p-5.png'), ['grpc-node1'])
    assert.equal((await cluster.deleteEverywhere('p-5.png')).status, 200)
  })

  test('P18 logs, files and descriptors stay bounded, and nothing is refused on the way', async (t) => {
    await using cluster = await PictureCluster.start({
      participants: 1,
      env: { LOG_LEVEL: 'warn' },
    })
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    assert.equal((await cluster.upload('a.png', 'bytes')).status, 200)
    const directory = join(cluster.folder, child.name)
    const client = pictureClient(cluster, child.name)
    const descriptors = await descriptorsOf(child.pid)
    // Records of five kilobytes, so that a few thousand fill the log more than once.
    const participants = Array.from({ length: 64 }, (_, index) => `${index}`.padStart(63, 'n'))
    const rounds = 3000
    let largest = 0
    const run = async (lane: number) => {
      const filename = `lane-${lane}.png`
      const data = Buffer.from('x')
      await client.unary('Upload', { filename, data }, { deadlineMs: 10_000 })
      for (let round = 0; round < rounds / 16; round++) {
        const ids = { transactionId: `${lane}-${round}`, coordinatorId: 'http-node1', filename }
        const vote = { ...ids, operation: 'LIKE', participants } as const
        const reply = await client.unary('VoteRequest', vote, { deadlineMs: 10_000 })
        assert.ok(reply.voteGranted, `refused: ${reply.reason}`)
        await client.unary('GlobalCommit', ids, { deadlineMs: 10_000 })
        if (round % 20 === 0) largest = Math.max(largest, await logBytes(directory))
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, lane) => run(lane)))
    client.close()
    largest = Math.max(largest, await logBytes(directory))
    t.diagnostic(`${rounds} transactions, log at most ${largest} bytes`)
    assert.ok(largest < 12 * 1024 * 1024, `the log grew to ${largest} bytes`)
    assert.ok((await readdir(directory)).includes('checkpoint.json'))
    assert.equal((await readdir(join(directory, 'pictures'))).length, 17)
    assert.ok((await descriptorsOf(child.pid)) <= descriptors + 20)
    await child.end('SIGKILL')
    child.start()
    await cluster.ready()
    const { body } = await cluster.get('/search/lane-3.png')
    assert.equal(body['likes'], Math.ceil(rounds / 16))
  })

  test('T1 a participant that was away is contacted soon after it is back', async (t) => {
    await using cluster = await PictureCluster.start()
    assert.equal((await cluster.upload('a.png', 'bytes')).status, 200)
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    await child.end('SIGKILL')
    await away(cluster, t)
    assert.equal((await cluster.deleteEverywhere('a.png')).status, 409)
    const from = child.lines.length
    child.start()
    await child.line(/serves on port/, { from })
    const began = performance.now()
    // grpc-js by itself would by now wait longer than this before it tries again.
    await eventually(
      'it is contacted',
      async () => (await metric(cluster, 'picture_participant_connected{node="grpc-node1"}')) === 1,
      10_000,
    )
    t.diagnostic(`contacted ${Math.round(performance.now() - began)} ms after it was back`)
    assert.equal((await cluster.deleteEverywhere('a.png')).status, 200)
  })
})
