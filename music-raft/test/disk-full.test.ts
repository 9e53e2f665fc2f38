import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { status as grpc, type ServiceError } from '@grpc/grpc-js'
import { MAX_MESSAGE_BYTES } from '../../common/rpc.ts'
import type { QueueList__Output } from '../../protos/types/queue/QueueList.ts'
import type { QueueResponse__Output } from '../../protos/types/queue/QueueResponse.ts'
import { eventually } from '../../test/child.ts'
import { mountDisk, whyNoDisks } from '../../test/disk-mount.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'

const skip = (await whyNoDisks()) ?? false
if (skip !== false) console.log(`not tested: ${skip}`)

const FULL = /the disk is full: no writes are taken until space is free/
/** The first segment of the log and little more, so that no second one fits. */
const DISK_MB = 10
const LANES = 64
const MOST_TRACKS = 15_000
/** Longer than a node takes to say that it does not know. */
const PATIENTLY = { deadlineMs: 20_000 }
/** Thousands of writes, of which nobody reads the lines. */
const ENV = { ...PATIENT, LOG_LEVEL: 'warn' }
/** What a client may hear while a leader with a full disk gives way. */
const CLEAR: readonly string[] = ['DISK_FULL', 'NO_LEADER', 'OUTCOME_UNKNOWN']
/** Of one of the largest tracks, in a message. */
const TRACK_BYTES = 128 + 512 + 512 + 18

const WRITES = [
  ['AddTrack', { id: 'one more' }],
  ['VoteTrack', { id: 'one more', up: true }],
  ['RemoveTrack', { id: 'one more' }],
  ['PlayNext', {}],
] as const

/** A track as large as may be, so that few fill a log. */
function largest(i: number): { id: string; title: string; artist: string; duration: number } {
  const id = `${i}`.padStart(128, '0')
  return { id, title: 't'.repeat(512), artist: 'a'.repeat(512), duration: 86_400 }
}

interface Filling {
  /** Tracks sent. */
  sent: number
  /** Ids acknowledged. */
  readonly acknowledged: Set<string>
  /** Of what was not: the codes, and how many of each. */
  readonly refused: Map<string, number>
}

/** Adds tracks at `node`, many at a time, until `enough`. */
async function fillLog(node: Node, filling: Filling, enough: () => boolean): Promise<void> {
  const lane = async () => {
    while (!enough()) {
      filling.sent += 1
      assert(filling.sent < MOST_TRACKS, 'the log is full long before')
      // The head of the queue, which comes with every answer, is small.
      const { sent } = filling
      const track = sent <= 50 ? { id: `head-${sent}` } : largest(sent)
      try {
        const call = node.call<QueueResponse__Output>('queue', 'AddTrack', track, PATIENTLY)
        const { code } = (await call).reply
        if (code === 'APPLIED') filling.acknowledged.add(track.id)
        else count(filling, code)
      } catch (error) {
        count(filling, String((error as ServiceError).metadata.get('x-error-code')[0]))
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

function count({ refused }: Filling, code: string): void {
  refused.set(code, (refused.get(code) ?? 0) + 1)
}

const printed = (node: Node, pattern: RegExp) => node.child.lines.some((line) => pattern.test(line))

/** All the ids queued, a page that fits a message after the other. */
async function pages(node: Node): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = []
  for (let page = 1; ; page += 1) {
    const request = { offset: ids.length }
    const { reply } = await node.call<QueueList__Output>('queue', 'GetQueue', request)
    ids.push(...reply.queue.map(({ id }) => id))
    assert.equal(reply.more, ids.length < reply.total)
    if (!reply.more) return { ids, pages: page }
    assert(reply.queue.length > 0, 'every page has something')
  }
}

// They wait more than they work.
describe('real processes on small disks', { concurrency: 2, timeout: 300_000 }, () => {
  test('S11 S12 a leader whose disk fills gives way, the others go on; it heals by itself', {
    skip,
  }, async () => {
    await using disk = await mountDisk(64)
    await using cluster = await RaftCluster.create({ size: 3, env: ENV })
    const [full, ...others] = cluster.nodes
    assert(full !== undefined)
    disk.fill(DISK_MB)
    full.child.start({ DATA_DIR: disk.path })
    for (const { child } of others) child.start()
    const first = await cluster.leader()
    if (first !== full) await first.call('admin', 'TransferLeadership', { to: full.id })
    assert.equal((await cluster.leader()).id, full.id)
    const { pid } = full.child
    const filling: Filling = { sent: 0, acknowledged: new Set(), refused: new Map() }

    await fillLog(full, filling, () => printed(full, FULL))
    const next = await cluster.leader()
    assert.notEqual(next.id, full.id, 'it gave way')
    assert.equal((await full.status()).diskTrouble, true)
    assert.equal((await full.http('/livez')).status, 200, 'a restart would not cure it')

    // As a follower, until nothing more fits: the cluster needs it as little as one that is gone.
    const atFull = filling.acknowledged.size
    await fillLog(next, filling, () => filling.acknowledged.size > atFull + 2000)
    const { members, commitIndex } = await next.status()
    const held = members.find(({ id }) => id === full.id)?.matchIndex ?? 0
    assert(held < commitIndex, `it confirms ${held}, which it has no room for`)
    assert.equal((await cluster.leader()).id, next.id)
    for (const code of filling.refused.keys()) assert(CLEAR.includes(code), code)

    disk.free()
    await eventually('it has room', async () => !(await full.status()).diskTrouble)
    await cluster.agree()
    assert.equal(full.child.pid, pid, 'no restart')
    for (const node of cluster.nodes) {
      const { ids } = await pages(node)
      const lost = [...filling.acknowledged].filter((id) => !ids.includes(id))
      assert.deepEqual([lost.length, new Set(ids).size], [0, ids.length])
    }
    const back = await full.call<QueueResponse__Output>('queue', 'AddTrack', { id: 'healed' })
    assert.equal(back.reply.code, 'APPLIED')
  })

  test('S11 S12 T4 nobody to give way to: refused in words, read by the page, healed', {
    skip,
  }, async () => {
    await using disk = await mountDisk(64)
    await using cluster = await RaftCluster.create({ size: 1, env: ENV })
    disk.fill(DISK_MB)
    const node = cluster.node(1)
    node.child.start({ DATA_DIR: disk.path })
    await cluster.leader()
    const { pid } = node.child
    const filling: Filling = { sent: 0, acknowledged: new Set(), refused: new Map() }
    await fillLog(node, filling, () => printed(node, FULL))

    const refused = { code: grpc.RESOURCE_EXHAUSTED, details: /disk is full.*no restart is needed/ }
    for (const [method, request] of WRITES) {
      await assert.rejects(node.call('queue', method, request), refused, method)
    }
    assert.equal((await node.status()).role, 'leader', 'there is nobody else')

    const bytes = (filling.acknowledged.size - 50) * TRACK_BYTES
    assert(bytes > 1.5 * MAX_MESSAGE_BYTES, `only ${bytes} bytes of tracks`)
    const read = await pages(node)
    assert.deepEqual(read.ids.toSorted(), [...filling.acknowledged].toSorted())
    assert.equal(read.pages, Math.ceil(bytes / MAX_MESSAGE_BYTES), 'a page is as large as may be')
    const limited = await node.call<QueueList__Output>('queue', 'GetQueue', { limit: 10_000 })
    assert(limited.reply.more && limited.reply.queue.length < read.ids.length)

    disk.free()
    await eventually('it has room', async () => !(await node.status()).diskTrouble)
    for (const [method, request] of WRITES) await node.call('queue', method, request)
    assert.equal(node.child.pid, pid, 'no restart')
  })
})
