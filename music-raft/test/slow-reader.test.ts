import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { status as grpc } from '@grpc/grpc-js'
import { eventually } from '../../test/child.ts'
import { type Node, PATIENT, RaftCluster } from './cluster.ts'
import { Workload } from './workload.ts'

const CLI = join(import.meta.dirname, '../client/cli.js')
/** Of which a list takes more than a megabyte. */
const TRACKS = 1000
const LISTS = 400
const MB = 1e6

/** A client that opens its window for no reply: none of them leaves the server. */
async function askAndReadNothing(node: Node, lists: number, ms: number): Promise<string[]> {
  const session = connect(`http://127.0.0.1:${node.port}`, { settings: { initialWindowSize: 0 } })
  const statuses: string[] = []
  const headers = {
    ...{ ':method': 'POST', ':path': '/queue.QueueService/GetQueue' },
    ...{ 'content-type': 'application/grpc', te: 'trailers' },
  }
  for (let i = 0; i < lists; i += 1) {
    const stream = session.request(headers)
    stream.on('error', () => undefined)
    // A refusal is all headers, which no window holds back.
    stream.on('response', ({ 'grpc-status': status }) => {
      if (status !== undefined) statuses.push(String(status))
    })
    stream.end(Buffer.alloc(5)) // an Empty, framed
  }
  await sleep(ms)
  session.destroy()
  return statuses
}

describe('T14 clients that ask and do not read', { timeout: 300_000 }, () => {
  let cluster: RaftCluster
  let leader: Node
  before(async () => {
    cluster = await RaftCluster.start({ size: 3, env: PATIENT })
    leader = await cluster.leader()
  })
  after(() => cluster.stop())

  test('lists that nobody reads: bounded memory, no pause for others, a clear refusal', async () => {
    for (let i = 0; i < 50; i += 1) await leader.add(`head-${i}`) // what every answer carries is small
    const texts = { title: 't'.repeat(512), artist: 'a'.repeat(512), duration: 1 }
    const lane = async (from: number) => {
      for (let i = from; i < TRACKS; i += 20) {
        await leader.call('queue', 'AddTrack', { id: `${i}`.padStart(128, '0'), ...texts })
      }
    }
    await Promise.all(Array.from({ length: 20 }, (_, from) => lane(from)))
    const before = await leader.status()
    const asking = askAndReadNothing(leader, LISTS, 7000)
    const workload = Workload.start(cluster, 'meanwhile')
    let most = 0
    for (let i = 0; i < 13; i += 1) {
      await sleep(500)
      most = Math.max(most, (await leader.status()).residentBytes)
    }
    const statuses = await asking
    await workload.stop()
    const grown = (most - before.residentBytes) / MB
    // Unread, all of them would take 480 MB and more.
    assert(grown < 200, `${grown.toFixed(0)} MB more for ${LISTS} unread lists`)
    const refused = statuses.filter((status) => status === String(grpc.RESOURCE_EXHAUSTED)).length
    assert(refused > LISTS / 2, `${refused} of ${LISTS} refused: ${new Set(statuses)}`)
    assert.equal((await leader.status()).term, before.term, 'S14 no election')
    assert.equal((await leader.ids()).length, TRACKS + 50 + workload.acknowledged.length)
  })

  test('watch whose output nobody reads stops asking, stays small, and goes on when read', async (t) => {
    const endpoints = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const env = { PATH: process.env['PATH'], QUEUE_ENDPOINTS: endpoints }
    const watch = spawn(process.execPath, [CLI, 'watch', '--interval', '10ms'], {
      ...{ env, stdio: ['ignore', 'pipe', 'ignore'] },
    })
    t.after(() => watch.kill('SIGKILL'))
    const asked = () =>
      cluster.nodes
        .flatMap(({ child }) => child.lines)
        .filter((line) => /runs RPC GetQueue called by/.test(line)).length
    const workload = Workload.start(cluster, 'watched', { pauseMs: 5 })
    await eventually('it asked', () => asked() > 0)
    let last = -1
    await eventually('it asks no more', async () => {
      const before = asked()
      await sleep(500)
      const stood = before === last && asked() === before
      last = before
      return stood
    })
    const shown = workload.acknowledged.length
    await eventually('there is more to show', () => workload.acknowledged.length > shown + 10)
    const [, pages = ''] = readFileSync(`/proc/${watch.pid}/statm`, 'utf8').split(' ')
    assert(Number(pages) * 4096 < 250 * MB, `${pages} pages`)

    const { stdout } = watch
    assert(stdout !== null)
    stdout.resume()
    const before = asked()
    await eventually('it asks again', () => asked() > before)
    watch.kill('SIGINT')
    await once(watch, 'close')
    await workload.stop()
  })
})
