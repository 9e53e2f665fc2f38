import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { status as grpcStatus } from '@grpc/grpc-js'
import { createLogger } from '../../common/logger.ts'
import { loadService } from '../../common/rpc.ts'
import { createClient, hasStatus } from '../../common/rpc-client.ts'
import { plainWording } from '../../common/rpc-log.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import type { RaftServiceDefinition } from '../../protos/types/raft/RaftService.ts'
import { eventually } from '../child.ts'
import { EventSourceClient } from '../event-source.ts'
import { Compose, docker } from './engine.ts'
import { PageClient } from './page-client.ts'

const NODES = [1, 2, 3, 4, 5]
const name = (id: number) => `raft-node${id}`
const GATEWAY = 'localhost:15051'
const PAGE = 'http://localhost:18080'
const ENDPOINTS = NODES.map((id) => `localhost:${50_050 + id}`).join(',')
const SIXTH = ['raft-node6', 'raft-node6-joins']
const ALL = [...NODES.map(name), 'nginx-grpc', ...SIXTH]
const CLI = join(import.meta.dirname, '../../music-raft/client/cli.js')

let compose: Compose
let folder = ''

before(async () => {
  process.env['COMPOSE_PROFILES'] = 'sixth' // for `down`; `up` names what it starts
  compose = await Compose.prepare('docker-compose.raft.yml', 'music-raft-compose-test', ALL)
  folder = await mkdtemp(join(tmpdir(), 'music-raft-compose-'))
  // All of them: an image that an earlier run left would be taken for the others.
  await compose.run(['build'])
})

after(async () => {
  await compose?.down()
  await rm(folder, { recursive: true, force: true })
})

/** A test that shows, when it fails, what the containers said. */
function scenario(title: string, body: () => Promise<void>): void {
  void test(title, async (context: TestContext) => {
    try {
      await body()
    } catch (error) {
      context.diagnostic(await compose.tails())
      throw error
    }
  })
}

/** The shipped client as a process. */
function run(...words: readonly string[]) {
  const child = spawn(process.execPath, [CLI, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += String(chunk)
  })
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A command through the gateway, which has to succeed. */
async function through(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run('--endpoints', GATEWAY, '--timeout', '30', ...words)
  assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

async function statuses(endpoints = ENDPOINTS): Promise<readonly StatusReply__Output[]> {
  const { stdout } = await run('--endpoints', endpoints, 'status', '--json')
  const nodes = JSON.parse(stdout) as { status: StatusReply__Output | null }[]
  return nodes.flatMap(({ status }) => (status === null ? [] : [status]))
}

/** Resolves with the leader when these nodes follow it and have applied the same. */
async function settled(ids: readonly number[] = NODES): Promise<number> {
  let leader = 0
  await eventually(
    `nodes ${ids} follow one leader`,
    async () => {
      const known = (await statuses()).filter(({ id }) => ids.includes(id))
      leader = known.find(({ role }) => role === 'leader')?.id ?? 0
      const states = new Set(
        known.map(({ stateHash, lastApplied }) => `${lastApplied} ${stateHash}`),
      )
      const together = known.length === ids.length && states.size === 1
      return together && known.every(({ leaderId }) => leaderId === leader && leader !== 0)
    },
    60_000,
  )
  return leader
}

const others = (id: number) => NODES.filter((other) => other !== id)

scenario('T7 O20 the gateway starts without any node, and says so the gRPC way', async () => {
  await compose.run(['up', '-d', 'nginx-grpc'])
  await eventually('the gateway is healthy', async () => {
    return (await compose.inspect('nginx-grpc')).State.Health?.Status === 'healthy'
  })
  const { code, stderr } = await run('--endpoints', GATEWAY, '--timeout', '2', 'add', '--id', '1')
  assert.equal(code, 1, stderr)
  assert.match(stderr, /NOTHING_SENT/)
  const { status, json } = await new PageClient(PAGE).post('queue/PlayNext', {})
  assert.deepEqual([status, json['code'], json['retryable']], [503, 'NOTHING_SENT', true])
})

scenario('T7 three of five nodes are a cluster, through the gateway too', async () => {
  await compose.run(['up', '-d', ...[1, 2, 3].map(name)])
  await settled([1, 2, 3])
  assert.match(await through('add', '--id', 'early'), /"Queued by Leader"/)
  await compose.run(['up', '-d', ...NODES.map(name)])
  await settled()
  await through('remove', '--id', 'early')
})

scenario('original test 1: add a track and find it, remove it and find it gone', async () => {
  const added = await through(
    'add',
    '--id',
    '123',
    '--title',
    'Retry',
    '--artist',
    'Me',
    '--duration',
    '100',
  )
  assert.equal(
    added,
    'AddTrack response: message: "Queued by Leader"\nqueue {\n  id: "123"\n  title: "Retry"\n  artist: "Me"\n  duration: 100\n}\n',
  )
  assert.doesNotMatch(await through('remove', '--id', '123'), /id: "123"/)
  assert.doesNotMatch(await through('queue'), /id: "123"/)
})

scenario('original test 2: a vote up makes 1, a vote down 0', async () => {
  await through('add', '--id', 'voted')
  assert.match(
    await through('vote', '--id', 'voted', '--up', 'true'),
    /id: "voted"\n {2}votes: 1\n/,
  )
  assert.doesNotMatch(await through('vote', '--id', 'voted', '--up', 'false'), / {2}votes: /)
  await through('remove', '--id', 'voted')
})

scenario('original test 3: a track added is seen by every node', async () => {
  await through('add', '--id', 'synced')
  for (const id of NODES) {
    const { stdout } = await run('--endpoints', `localhost:${50_050 + id}`, 'queue')
    assert.match(stdout, /^Current Queue:\nqueue \{\n {2}id: "synced"/, name(id))
  }
  await through('remove', '--id', 'synced')
})

scenario('original test 4: GetMetadata gives the duration back', async () => {
  await through('add', '--id', 'long', '--duration', '321')
  assert.match(
    await through('metadata', '--id', 'long'),
    /^Track Metadata:\nid: "long"\nduration: 321\n/,
  )
  await through('remove', '--id', 'long')
})

scenario('original test 5: what was played is in the history', async () => {
  await through('add', '--id', 'played')
  assert.match(await through('play'), /^PlayNext response: id: "played"/)
  assert.match(await through('history'), /^History:\n(.*\n)* {2}id: "played"/)
})

scenario('report case 1: the leader sends heartbeats, and every node logs them', async () => {
  const leader = await settled()
  for (const id of others(leader)) {
    await compose.logged(
      name(leader),
      new RegExp(`^Node ${leader} sends RPC AppendEntries to Node ${id}`),
    )
    await compose.logged(
      name(id),
      new RegExp(`^Node ${id} runs RPC AppendEntries called by Node ${leader}`),
    )
  }
})

scenario(
  'report case 2: without heartbeats a node times out, asks for votes and wins',
  async () => {
    const leader = await settled()
    const from = await Promise.all(NODES.map((id) => compose.lineCount(name(id))))
    await docker('pause', name(leader))
    const next = await settled(others(leader))
    await docker('unpause', name(leader))
    const lines = await compose.messages(name(next), from[next - 1])
    assert.ok(
      lines.includes(`Node ${next} Election Timeout. Becoming CANDIDATE.`),
      lines.join('\n'),
    )
    assert.ok(lines.some((line) => line.startsWith(`Node ${next} sends RPC RequestVote to Node `)))
    assert.ok(
      lines.some((line) =>
        line.startsWith(`Node ${next} Won election and became LEADER for term `),
      ),
    )
    const voters = await Promise.all(
      others(leader).map(async (id) =>
        (await compose.messages(name(id), from[id - 1])).some((line) =>
          line.startsWith(`Node ${id} runs RPC RequestVote called by Node ${next}`),
        ),
      ),
    )
    assert.ok(voters.filter(Boolean).length >= 2)
    await settled()
    await compose.logged(name(leader), /Transition to FOLLOWER term=\d+/, from[leader - 1])
  },
)

scenario('report case 3: a follower forwards to the leader', async () => {
  const leader = await settled()
  const follower = others(leader)[0] ?? 0
  const { code, stdout } = await run(
    '--endpoints',
    `localhost:${50_050 + follower}`,
    'add',
    '--id',
    '8',
  )
  assert.deepEqual([code, /"Queued by Leader"/.test(stdout)], [0, true])
  await compose.logged(
    name(follower),
    new RegExp(`^Node ${follower} runs RPC AddTrack called by Node 0`),
  )
  await compose.logged(
    name(follower),
    new RegExp(`^Node ${follower} sends RPC AddTrack to Node ${leader}`),
  )
  await compose.logged(
    name(leader),
    new RegExp(`^Node ${leader} runs RPC AddTrack called by Node ${follower}`),
  )
  for (const id of NODES) {
    await compose.logged(name(id), new RegExp(`^Node ${id} Applying log\\[\\d+\\] cmd=ADD`))
  }
  await through('remove', '--id', '8')
})

scenario(
  'report case 4, T10 L9: the leader is stopped: it hands over, and nothing is lost',
  async () => {
    await through('add', '--id', 'kept')
    const leader = await settled()
    const began = performance.now()
    await docker('stop', name(leader))
    assert.ok(performance.now() - began < 8000, 'docker stop waited too long')
    assert.equal((await compose.inspect(name(leader))).State.ExitCode, 0)
    await compose.logged(name(leader), /hands leadership to Node/)
    assert.match(await through('queue'), /id: "kept"/)
    await through('add', '--id', 'meanwhile')
    await docker('start', name(leader))
    await settled()
    const { stdout } = await run('--endpoints', `localhost:${50_050 + leader}`, '--stale', 'queue')
    assert.match(stdout, /id: "meanwhile"/)
    for (const id of ['kept', 'meanwhile']) await through('remove', '--id', id)
  },
)

scenario('O20 T7 T8 nodes killed and made anew under a load: every row once', async () => {
  const file = join(folder, 'tracks.csv')
  const rows = Array.from({ length: 3000 }, (_, at) => `load-${at},Title ${at},Artist,60`)
  await writeFile(file, `id,title,artist,duration\n${rows.join('\n')}\n`)
  const load = run('--endpoints', GATEWAY, '--timeout', '60', 'load', file, '--concurrency', '8')
  await docker('kill', name(2))
  await compose.run(['up', '-d', '--force-recreate', '--no-deps', name(4)])
  await docker('start', name(2))
  const { code, stdout, stderr } = await load
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /^3000 rows: 3000 added, 0 already queued, 0 refused\n$/)
  await settled()
  const { total } = JSON.parse(await through('queue', '--limit', '1', '--json'))
  assert.equal(total, 3000)
})

scenario('RaftService and AdminService are not served through the gateway', async () => {
  const before = await statuses()
  const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
  const identity = { log, node: '0', peer: 'gateway', wording: plainWording }
  const raft = loadService<RaftServiceDefinition>('raft.proto', 'raft.RaftService')
  const admin = loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService')
  const toRaft = createClient(raft, GATEWAY, identity)
  const toAdmin = createClient(admin, GATEWAY, identity)
  const refused = (error: unknown) => hasStatus(error, grpcStatus.UNIMPLEMENTED)
  const vote = { term: 1_000_000, candidateId: 9 }
  await assert.rejects(toRaft.unary('RequestVote', vote, { deadlineMs: 5000 }), refused)
  await assert.rejects(toAdmin.unary('Status', {}, { deadlineMs: 5000 }), refused)
  toRaft.close()
  toAdmin.close()
  const terms = (list: readonly StatusReply__Output[]) => list.map(({ term }) => term)
  assert.deepEqual(terms(await statuses()), terms(before))
})

scenario(
  'the page through the gateway: served, live, and once, though the leader stops',
  async () => {
    const page = new PageClient(PAGE)
    assert.ok((await page.load()) > 0, 'the page has parts')
    for (const id of NODES) await new PageClient(`http://localhost:${18_080 + id}`).load()
    const viewer = await EventSourceClient.open(`${PAGE}/events?cluster=1`)
    for (const id of NODES) {
      const isOfNode = (kind: string, node: string) => kind === 'snapshot' && node === String(id)
      await viewer.until(`a picture of ${name(id)}`, ({ kind, node }) => isOfNode(kind, node))
    }
    viewer.close()
    const track = { id: 'paged', title: '<script>alert(1)</script>' }
    const foreign = await page.post('queue/AddTrack', track, { origin: 'http://localhost:18081' })
    assert.deepEqual([foreign.status, foreign.json['code']], [403, 'FOREIGN_PAGE'])
    const admin = await page.post('admin/TransferLeadership', { to: '0' })
    assert.deepEqual([admin.status, admin.json['code']], [403, 'NOT_HERE'])
    assert.equal((await page.change('queue/AddTrack', track)).json['code'], 'APPLIED')
    const leader = await settled()
    await docker('pause', name(leader))
    for (let vote = 1; vote <= 3; vote += 1) {
      const { json } = await page.change('queue/VoteTrack', { id: 'paged', up: true })
      assert.equal(json['code'], 'APPLIED')
    }
    await page.load()
    await docker('unpause', name(leader))
    const { json } = await page.post('queue/GetMetadata', { id: 'paged' })
    assert.deepEqual([json['title'], json['votes']], [track.title, 3])
    await settled()
    await through('remove', '--id', 'paged')
  },
)

scenario('report case 5: a sixth node joins, gets the whole log, and leaves', async () => {
  await compose.run(['--profile', 'sixth', 'up', '-d', ...SIXTH])
  await eventually(
    'the sixth node votes',
    async () => {
      const { State } = await compose.inspect('raft-node6-joins')
      const leader = (await statuses()).find(({ role }) => role === 'leader')
      const sixth = leader?.members.find(({ id }) => id === 6)
      return State.ExitCode === 0 && sixth?.voter === true
    },
    60_000,
  )
  await eventually('it has the whole queue', async () => {
    const [sixth] = await statuses('6=localhost:50056')
    const [first] = await statuses()
    return sixth?.queueLength === 3000 && sixth.stateHash === first?.stateHash
  })
  const removed = await run('member', 'remove', '6')
  assert.equal(removed.code, 0, removed.stderr)
  assert.doesNotMatch((await run('members')).stdout, /raft-node6/)
  await compose.run(['rm', '-sf', ...SIXTH])
  await through('add', '--id', 'five again')
  await settled()
})

scenario('containers are well, without root, capabilities, or a disk to write on', async () => {
  for (const container of [...NODES.map(name), 'nginx-grpc']) {
    await eventually(
      `${container} is healthy`,
      async () => (await compose.inspect(container)).State.Health?.Status === 'healthy',
      40_000,
    )
    const { HostConfig } = await compose.inspect(container)
    assert.notEqual(await docker('exec', container, 'id', '-u'), '0')
    assert.equal(HostConfig.ReadonlyRootfs, true)
    assert.deepEqual(HostConfig.CapDrop, ['ALL'])
    assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true'])
    assert.equal(HostConfig.Init, true)
    assert.equal(HostConfig.RestartPolicy.Name, 'unless-stopped')
    assert.ok(HostConfig.LogConfig.Config['max-size'], 'logs are bounded')
    for (const bindings of Object.values(HostConfig.PortBindings)) {
      for (const { HostIp } of bindings) assert.equal(HostIp, '127.0.0.1')
    }
  }
})

scenario('T10 every container stops in order within seconds, and nothing is lost', async () => {
  await docker('stop', ...NODES.map(name), 'nginx-grpc')
  for (const container of [...NODES.map(name), 'nginx-grpc']) {
    assert.equal((await compose.inspect(container)).State.ExitCode, 0, container)
  }
  await docker('start', ...NODES.map(name), 'nginx-grpc')
  await settled()
  const { total } = JSON.parse(await through('queue', '--limit', '1', '--json'))
  assert.equal(total, 3001)
})
