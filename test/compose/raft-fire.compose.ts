import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { createLogger } from '../../common/logger.ts'
import { QueueClient } from '../../music-raft/client/client.ts'
import { parseEndpoints } from '../../music-raft/client/endpoints.ts'
import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import { eventually } from '../child.ts'
import { Compose, docker } from './engine.ts'
import { FireClient } from './fire-client.ts'

// Five nodes as docker-compose.raft.yml makes them, and what a user may do to them, while clients on
// the gateway write and read. They are to notice latency and nothing else.

const NODES = [1, 2, 3, 4, 5]
const name = (id: number) => `raft-node${id}`
const GATEWAY = 'localhost:15051'
const ALL = [...NODES.map(name), 'nginx-grpc']
/** The node whose volume is small: it holds one segment of the log, and a second one only when empty. */
const SMALL = 5
const SMALL_MEGABYTES = 28
const FILLER_MEGABYTES = 16
const SMALL_VOLUME = `
volumes:
  ${name(SMALL)}:
    driver: local
    driver_opts: {type: tmpfs, device: tmpfs, o: 'size=${SMALL_MEGABYTES}m,uid=1000,gid=1000'}
`

let compose: Compose
let folder = ''
let clients: FireClient
let cluster: QueueClient
let disk: Awaited<ReturnType<Compose['occupy']>> | null = null

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'music-raft-fire-'))
  const override = join(folder, 'small-volume.yml')
  await writeFile(override, SMALL_VOLUME)
  const files = ['docker-compose.raft.yml', override]
  compose = await Compose.prepare(files, 'music-raft-fire-test', ALL)
  const others = ALL.filter((each) => each !== name(SMALL))
  await compose.run(['up', '--build', '-d', ...others])
  await compose.run(['up', '--build', '--no-start', name(SMALL)])
  disk = await compose.occupy(name(SMALL), FILLER_MEGABYTES)
  await compose.run(['up', '-d', name(SMALL)])
  const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
  const endpoints = parseEndpoints(NODES.map((id) => `localhost:${50_050 + id}`).join(','))
  cluster = new QueueClient({ endpoints, log, timeoutMs: 30_000 })
  await settled()
  clients = new FireClient(GATEWAY)
})

after(async () => {
  await clients?.stop().catch(() => undefined)
  clients?.close()
  cluster?.close()
  await compose?.run(['rm', '-sf', name(SMALL)])
  await disk?.release()
  await compose?.down()
  await rm(folder, { recursive: true, force: true })
})

/** A test that says how long the clients waited, and shows, when it fails, what the containers said. */
function scenario(title: string, body: () => Promise<void>): void {
  void test(title, async (context: TestContext) => {
    try {
      clients.mark()
      await body()
      const { ms, requests } = clients.pause()
      context.diagnostic(`longest pause of a client: ${ms} ms, ${requests} requests answered`)
    } catch (error) {
      context.diagnostic(await compose.tails())
      throw error
    }
  })
}

async function statusOf(id: number): Promise<StatusReply__Output | null> {
  const node = cluster.cluster.nodes.find(({ endpoint }) => endpoint.id === id)
  return (await node?.admin.unary('Status', {}, { deadlineMs: 1000 }).catch(() => null)) ?? null
}

async function statuses(): Promise<readonly StatusReply__Output[]> {
  const all = await Promise.all(NODES.map(statusOf))
  return all.filter((status) => status !== null)
}

/** Resolves with the leader that all of these nodes follow, each close behind it. */
async function settled(ids: readonly number[] = NODES): Promise<number> {
  let leader = 0
  await eventually(
    `nodes ${ids} follow one leader`,
    async () => {
      const known = (await statuses()).filter(({ id }) => ids.includes(id))
      const leading = known.find(({ role }) => role === 'leader')
      leader = leading?.id ?? 0
      const least = (leading?.commitIndex ?? 0) - 200
      return (
        known.length === ids.length &&
        known.every(({ leaderId, lastApplied }) => leaderId === leader && lastApplied >= least) &&
        leader !== 0
      )
    },
    60_000,
  )
  return leader
}

const others = (id: number) => NODES.filter((other) => other !== id)
const first = (ids: readonly number[]) => ids[0] ?? 0

scenario('O20 the leader is cut off its network, and connected again', async () => {
  const leader = await settled()
  await compose.cut(name(leader), 'raft')
  const next = await settled(others(leader))
  assert.notEqual(next, leader)
  await compose.join(name(leader), 'raft', 'raft-nodes')
  await settled()
})

scenario('O20 the leader is killed and made anew, a follower killed meanwhile', async () => {
  const leader = await settled()
  const follower = first(others(leader).filter((id) => id !== SMALL))
  await docker('kill', name(leader), name(follower))
  await settled(NODES.filter((id) => id !== leader && id !== follower))
  await compose.run(['up', '-d', '--force-recreate', '--no-deps', name(leader)])
  await docker('start', name(follower))
  await settled()
})

scenario('R24 a volume is wiped as the leader dies: caught up before it votes again', async () => {
  const leader = await settled()
  const wiped = first(others(leader).filter((id) => id !== SMALL))
  const before = (await statusOf(leader))?.commitIndex ?? 0
  // The three others hold all there is, and need each other to elect one of them.
  await docker('kill', name(leader))
  await compose.wipe(name(wiped))
  await compose.logged(name(wiped), /having lost its disk: it votes when it caught up/)
  await compose.logged(name(wiped), new RegExp(`Node ${wiped} caught up after losing its disk`))
  const lines = await compose.messages(name(wiped))
  const at = (pattern: RegExp) => lines.findIndex((line) => pattern.test(line))
  const caughtUp = at(/caught up after losing its disk/)
  const votes = lines
    .slice(0, caughtUp)
    .filter((line) =>
      /Becoming CANDIDATE|gives its (pre-)?vote|asks whether it would win/.test(line),
    )
  assert.deepEqual(votes, [], 'it took part in an election before it had caught up')
  await docker('start', name(leader))
  await settled()
  assert(((await statusOf(wiped))?.lastApplied ?? 0) >= before, 'it lacks what it had confirmed')
})

/** Writes what takes much room in the log, until told to stop. */
async function writeMuch(over: () => boolean): Promise<void> {
  const lane = async () => {
    const clientId = randomUUID()
    for (let requestId = 1; !over(); requestId += 1) {
      const long = { title: 't'.repeat(512), artist: 'a'.repeat(512) }
      const track = { id: 'much', duration: 1, ...long }
      await cluster.addTrack(track, { clientId, requestId }, { brief: true })
    }
  }
  await Promise.all(Array.from({ length: 64 }, lane))
}

scenario(
  'S11 S12 a volume is full: its node gives way, and goes on once there is room',
  async () => {
    const leader = await settled()
    if (leader !== SMALL) await cluster.admin('TransferLeadership', { to: SMALL })
    await eventually(
      'the node with the small volume leads',
      async () => (await settled()) === SMALL,
    )
    let full = false
    const writing = writeMuch(() => full)
    await eventually(
      'its disk is full',
      async () => (await statusOf(SMALL))?.diskTrouble === true,
      90_000,
    )
    full = true
    await writing
    await eventually('another node leads', async () => (await settled(others(SMALL))) !== SMALL)
    await compose.logged(name(SMALL), /the disk is full: no writes are taken until space is free/)
    await disk?.free()
    await compose.logged(name(SMALL), /the disk has room again: writes are taken/)
    await settled()
  },
)

test('in the end all nodes are equal, and every confirmed track is there once', async () => {
  await clients.stop()
  await eventually(
    'the nodes are equal',
    async () => {
      const all = await statuses()
      const states = new Set(all.map(({ stateHash, lastApplied }) => `${lastApplied} ${stateHash}`))
      return all.length === NODES.length && states.size === 1
    },
    60_000,
  )
  const queued = await clients.queued()
  const expected = [...clients.acknowledged, 'much']
  assert.deepEqual(queued.toSorted(), expected.toSorted())
})
