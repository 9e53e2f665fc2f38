import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { mountDisk, whyNoDisks } from '../../test/disk-mount.ts'
import type { CoordinatorSnapshot } from '../coordinator/driver.ts'
import type { CoordinatorRecord } from '../protocol/coordinator-io.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import type { ParticipantSnapshot } from '../protocol/participant-state.ts'
import { Journal } from '../shell/journal.ts'
import { type Answer, PictureCluster } from './cluster.ts'
import { agreement, heal, pictureClient, refusal } from './crash-cluster.ts'

const skip = (await whyNoDisks()) ?? false
if (skip !== false) console.log(`not tested: ${skip}`)

const RECORD_BYTES = 300
/** Nearly the first segment: what follows soon needs the spare, and no third fits a full disk. */
const USED_RECORDS = Math.floor((0.85 * 1024 * 1024) / RECORD_BYTES)
const indexes = Array.from({ length: USED_RECORDS }, (_, index) => index)
/** Enough of them that likes of all at once are many transactions at once. */
const SMALL = Array.from({ length: 20 }, (_, index) => `small-${index}.png`)
const DELETED = 'x'.repeat(215)

/** What a participant recorded of itself before the test begins. */
async function usedParticipant(directory: string): Promise<void> {
  const { journal } = await Journal.open<ParticipantRecord, ParticipantSnapshot>(directory)
  const picture = { size: 1, sha256: '', blob: '0', likes: 0, uploadTime: 1 }
  const one: ParticipantRecord = { type: 'upload', filename: DELETED, picture }
  await journal.append(indexes.map(() => one))
  await journal.append([{ type: 'delete', filename: DELETED }])
  await journal.close()
}

async function usedCoordinator(directory: string): Promise<void> {
  const { journal } = await Journal.open<CoordinatorRecord, CoordinatorSnapshot>(directory)
  await journal.append(
    indexes.map((index) => ({ type: 'end', transactionId: `${index}`.padStart(270, '0') })),
  )
  await journal.close()
}

function reasons({ body }: Answer): readonly (string | undefined)[] {
  const votes = (body['votes'] ?? []) as { reason?: string }[]
  return votes.map(({ reason }) => reason)
}

// They wait more than they work.
describe('real processes on full disks', { concurrency: 3 }, () => {
  test('S11 S12 a full disk on a participant: refuses what needs room, goes on when there is some', {
    skip,
  }, async () => {
    await using disk = await mountDisk(8)
    await using cluster = await PictureCluster.create()
    const [child, ...others] = cluster.participants
    assert.ok(child !== undefined)
    await usedParticipant(disk.path)
    child.start({ DATA_DIR: disk.path })
    for (const other of [...others, cluster.coordinator]) other.start()
    await cluster.ready()
    const { pid } = child
    const big = Buffer.alloc(700_000, 'p')
    for (const name of ['a.png', 'b.png'])
      assert.equal((await cluster.upload(name, big)).status, 200)
    for (const name of SMALL) assert.equal((await cluster.upload(name, 'bytes')).status, 200)

    disk.fill()
    // The bytes of a picture find no room at once.
    const upload = await cluster.upload('new.png', big)
    assert.equal(upload.status, 409)
    assert.deepEqual(reasons(upload), ['DISK_FULL', undefined, undefined])
    const client = pictureClient(cluster, child.name)
    // The log lives on its reserve: likes are taken until that is all that is left.
    await eventually('likes are refused', async () => {
      const answers = await Promise.all(SMALL.map((name) => cluster.like(name)))
      return answers.some((answer) => reasons(answer).includes('DISK_FULL'))
    })
    await child.line(/the disk is full: only deletes are taken until space is free/)
    assert.equal(
      await refusal(client.unary('Like', { filename: 'a.png' }, { deadlineMs: 5000 })),
      'DISK_FULL',
    )
    const data = Buffer.from('x')
    assert.equal(
      await refusal(client.unary('Upload', { filename: 'c.png', data }, { deadlineMs: 5000 })),
      'DISK_FULL',
    )
    const { diskFull } = await client.unary('Status', {}, { deadlineMs: 5000 })
    assert.ok(diskFull)
    const from = { coordinatorId: 'http-node1' }
    // To be refused must cost no room: otherwise whoever keeps asking ends the process.
    for (let batch = 0; batch < 40; batch++) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const transactionId = `refused-${batch}-${index}`.padEnd(128, '-')
          const vote = { ...from, transactionId, operation: 'LIKE', filename: 'a.png' } as const
          const reply = await client.unary('VoteRequest', vote, { deadlineMs: 20_000 })
          assert.equal(reply.reason, 'DISK_FULL')
        }),
      )
    }
    // Deletes are voted on, decided, and make room.
    const removed = await cluster.deleteEverywhere('a.png')
    assert.equal(removed.status, 200, JSON.stringify(removed.body))
    client.close()

    disk.free()
    await eventually(
      'likes are taken again',
      async () => (await cluster.like('b.png')).status === 200,
    )
    assert.equal((await cluster.upload('new.png', big)).status, 200)
    await child.line(/the disk has room again: all work is taken/)
    assert.equal(child.pid, pid, 'it was restarted')
    assert.deepEqual(await cluster.holders('a.png'), [])
    assert.deepEqual(
      await cluster.holders('new.png'),
      cluster.participants.map(({ name }) => name),
    )
    await child.end('SIGKILL')
    child.start()
    await heal(cluster)
    assert.equal((await cluster.deleteEverywhere('b.png')).status, 200)
    await cluster.stop()
  })

  test('S11 a participant starts on a full disk, refuses, and deletes make it whole again', {
    skip,
  }, async () => {
    await using disk = await mountDisk(6)
    await using cluster = await PictureCluster.create({ participants: 1 })
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    child.start({ DATA_DIR: disk.path })
    cluster.coordinator.start()
    await cluster.ready()
    const big = Buffer.alloc(700_000, 'p')
    for (const name of ['a.png', 'b.png', 'c.png']) {
      assert.equal((await cluster.upload(name, big)).status, 200)
    }
    for (let round = 0; round < 2; round++) {
      disk.fill()
      await child.end(round === 0 ? 'SIGKILL' : 'SIGTERM')
      child.start()
      await child.line(/serves on port/, { from: child.lines.length })
      await cluster.ready()
      const upload = await cluster.upload('d.png', big)
      assert.deepEqual([upload.status, ...reasons(upload)], [409, 'DISK_FULL'])
    }
    for (const name of ['a.png', 'b.png']) {
      assert.equal((await cluster.deleteEverywhere(name)).status, 200)
    }
    await eventually(
      'there is room',
      async () => (await cluster.upload('d.png', big)).status === 200,
    )
    assert.deepEqual([...(await agreement(cluster)).keys()], ['c.png', 'd.png'])
    await cluster.stop()
  })

  test('S11 S12 a full disk on the coordinator: begins nothing, and goes on when there is room', {
    skip,
  }, async () => {
    await using disk = await mountDisk(4)
    await using cluster = await PictureCluster.create({ participants: 1 })
    await usedCoordinator(disk.path)
    for (const child of cluster.participants) child.start()
    cluster.coordinator.start({ DATA_DIR: disk.path })
    await cluster.ready()
    const { pid } = cluster.coordinator
    for (const name of ['a.png', ...SMALL]) {
      assert.equal((await cluster.upload(name, 'bytes')).status, 200)
    }
    disk.fill()
    let last: Answer | null = null
    await eventually(
      'nothing is begun',
      async () => {
        const answers = await Promise.all(SMALL.map((name) => cluster.like(name)))
        last = answers.find(({ status }) => status === 503) ?? null
        return last !== null
      },
      60_000,
    )
    assert.equal((last as Answer | null)?.body['code'], 'DISK_FULL')
    assert.equal((await cluster.get('/readyz')).body['disk_full'], true)
    assert.equal((await cluster.get('/livez')).status, 200)
    for (const answer of [
      await cluster.deleteEverywhere('a.png'),
      await cluster.upload('b.png', 'b'),
    ]) {
      assert.deepEqual([answer.status, answer.body['code']], [503, 'DISK_FULL'])
    }
    assert.deepEqual(await cluster.holders('a.png'), ['grpc-node1'])
    const likes = (await cluster.get('/search/a.png')).body['likes']
    disk.free()
    await cluster.ready()
    assert.equal((await cluster.like('a.png')).body['likes'], Number(likes) + 1)
    assert.equal((await cluster.deleteEverywhere('a.png')).status, 200)
    assert.equal(cluster.coordinator.pid, pid, 'it was restarted')
    await cluster.stop()
  })
})
