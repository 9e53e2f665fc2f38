import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { run } from '../program.ts'
import { FakeCluster, FakeTerminal } from './fake-cluster.ts'

let cluster: FakeCluster
before(async () => {
  cluster = await FakeCluster.start(2)
})
afterEach(() => {
  cluster.behave = () => 'serve'
  cluster.seen.length = 0
  cluster.tracks.length = 0
  cluster.played.length = 0
})
after(() => cluster.stop())

async function cli(line: string, signal?: AbortSignal) {
  const terminal = new FakeTerminal(cluster, signal)
  const words = line.split(' ').filter((word) => word !== '')
  const code = await run(words, terminal.environment, terminal)
  return { code, stdout: terminal.stdout, stderr: terminal.stderr }
}

const ADD = 'add --id 123 --title Retry --artist Me --duration 100'
const TRACK = 'id: "123"\n  title: "Retry"\n  artist: "Me"\n  duration: 100\n'

test('D0 the seven commands of the original, with its words', async () => {
  const added = await cli(ADD)
  assert.equal(
    added.stdout,
    `AddTrack response: message: "Queued by Leader"\nqueue {\n  ${TRACK}}\n`,
  )
  assert.equal(added.code, 0)
  assert.match(added.stderr, /^\S+ INFO {2}Node 0 sends RPC AddTrack to Node 1$/m)
  const { stdout: voted } = await cli('vote --id 123 --up true')
  assert.match(voted, /^VoteTrack response: message: "Vote counted"\nqueue \{[^}]*\n {2}votes: 1\n/)
  assert.match((await cli('vote --id 123 --up false')).stdout, /duration: 100/)
  assert.equal((await cli('queue')).stdout, `Current Queue:\nqueue {\n  ${TRACK}}\n`)
  assert.equal(
    (await cli('metadata --id 123')).stdout,
    'Track Metadata:\nid: "123"\ntitle: "Retry"\nartist: "Me"\nduration: 100\n',
  )
  assert.match((await cli('play')).stdout, /^PlayNext response: id: "123"\ntitle: "Retry"\n/)
  assert.equal((await cli('history')).stdout, `History:\nqueue {\n  ${TRACK}}\n`)
  await cli(ADD)
  assert.match(
    (await cli('remove --id 123')).stdout,
    /^RemoveTrack response: message: "Removed"\n$/,
  )
})

test('exit 1 when nothing was done, with the reason on standard error', async () => {
  assert.equal((await cli(ADD)).code, 0)
  const again = await cli(ADD)
  assert.equal(again.code, 1)
  assert.match(again.stdout, /already queued/)
  for (const line of ['remove --id x', 'vote --id x --up true', 'metadata --id x']) {
    assert.equal((await cli(line)).code, 1, line)
  }
  cluster.tracks.length = 0
  const { code, stdout, stderr } = await cli('play -q')
  assert.deepEqual([code, stdout], [1, 'PlayNext response: \n'])
  assert.equal(stderr, 'music-queue: the queue is empty\n')
})

test('no leader: the original words on standard output, exit 1', async () => {
  cluster.behave = () => ({ answer: { message: 'No Leader Elected Yet' } })
  const { code, stdout } = await cli(`${ADD} --timeout 1s`)
  assert.deepEqual([code, stdout], [1, 'AddTrack response: message: "No Leader Elected Yet"\n'])
})

test('exit 3 when the outcome is unknown; repeating as told has one effect', async () => {
  cluster.behave = () => ({ after: status.UNAVAILABLE })
  const applied = cluster.applied
  const { code, stdout, stderr } = await cli(`${ADD} --timeout 1s`)
  assert.deepEqual([code, stdout], [3, ''])
  const [, identity] = /(--client-id \S+ --request-id \d+)/.exec(stderr) ?? []
  assert.ok(identity, stderr)
  cluster.behave = () => 'serve'
  const repeated = await cli(`${ADD} ${identity}`)
  assert.equal(repeated.code, 0)
  assert.match(repeated.stdout, /^AddTrack response: message: "Queued by Leader"/)
  assert.equal(cluster.applied, applied + 1)
})

const wrong = [
  '',
  'nonsense',
  'add',
  'add --id a --duration long',
  'vote --id a --up maybe',
  'queue --limit -1',
  'member add six raft-node6:50050',
  'member add 6 raft-node6',
  'completion fish',
  'play --timeout soon',
  'play --client-id 2894e6fd-267d-42d8-9b3e-8c383bed93ce',
  'play --endpoints nowhere',
  'play --endpoints a:1,a:1',
  'play extra',
]
for (const line of wrong) {
  test(`L15 exit 2 and a reason for: ${line}`, async () => {
    const { code, stdout, stderr } = await cli(line)
    assert.deepEqual([code, stdout], [2, ''])
    assert.notEqual(stderr, '')
    assert.equal(cluster.seen.length, 0)
  })
}

test('--json: every command prints JSON, failures too', async () => {
  const { stdout } = await cli(`--json ${ADD}`)
  const answer = JSON.parse(stdout)
  assert.equal(answer.ok, true)
  assert.deepEqual([answer.code, answer.leader, answer.term], ['APPLIED', 1, 7])
  assert.equal(answer.queue[0].title, 'Retry')
  for (const line of [
    'queue',
    'history',
    'status',
    'members',
    'metadata --id 123',
    'transfer',
    'play',
  ]) {
    JSON.parse((await cli(`${line} --json`)).stdout)
  }
  cluster.behave = () => ({ after: status.UNAVAILABLE })
  const failed = await cli(`${ADD} --json --timeout 1s`)
  const { ok, outcome, clientId, requestId } = JSON.parse(failed.stdout)
  assert.deepEqual([ok, outcome, requestId, failed.code], [false, 'unknown', 1, 3])
  assert.match(clientId, /^[0-9a-f-]{36}$/)
})

test('queue --all follows the pages; without it the cut is told', async () => {
  for (const id of ['a', 'b', 'c']) await cli(`add --id ${id}`)
  const cut = await cli('queue --limit 2 -q')
  assert.equal(cut.stdout.match(/id:/g)?.length, 2)
  assert.equal(cut.stderr, 'music-queue: up to track 2 of 3; --offset 2 goes on, --all shows all\n')
  const all = await cli('queue --limit 2 --all -q')
  assert.equal(all.stdout.match(/Current Queue:/g)?.length, 1)
  assert.equal(all.stdout.match(/id:/g)?.length, 3)
  assert.equal(all.stderr, '')
})

test('L14 status: a row for every node, also for one that does not answer', async () => {
  const two = cluster.addresses.join(',')
  const { code, stdout } = await cli(`status --endpoints ${two},127.0.0.1:1`)
  const lines = stdout.split('\n')
  assert.equal(code, 0)
  assert.match(lines[0] ?? '', /^NODE +ADDRESS +ROLE +TERM +LEADER/)
  assert.match(lines[1] ?? '', /^ +1 .* leader +7 +1 /)
  assert.match(lines[2] ?? '', /^ +2 .* follower +7 +1 /)
  assert.match(lines[3] ?? '', /^ +3 .* – not reachable/)
})

test('R17 status shouts when two nodes hold different states at one index', async () => {
  cluster.behave = ({ rpc, node }) =>
    rpc === 'Status'
      ? { answer: { id: node, role: 'follower', lastApplied: 12, stateHash: `hash${node}` } }
      : 'serve'
  const { code, stderr } = await cli('status')
  assert.equal(code, 1)
  assert.match(stderr, /nodes 1 and 2 differ after entry 12/)
})

test('R2 member add --voter asks again until the leader can make the change, with the token', async () => {
  cluster.behave = ({ rpc }) =>
    rpc === 'Promote' && cluster.seen.filter((seen) => seen.rpc === 'Promote').length < 3
      ? { code: status.FAILED_PRECONDITION, details: 'not yet', error: 'MEMBERSHIP_REFUSED' }
      : 'serve'
  const terminal = new FakeTerminal(cluster)
  const words = ['member', 'add', '6', 'raft-node6:50050', '--voter']
  const code = await run(words, { ...terminal.environment, ADMIN_TOKEN: 'secret-token' }, terminal)
  assert.equal(code, 0, terminal.stderr)
  const changes = cluster.seen.filter(({ rpc }) => rpc !== 'Status')
  assert.deepEqual(
    changes.map(({ rpc, adminToken }) => [rpc, adminToken]),
    ['AddLearner', 'Promote', 'Promote', 'Promote'].map((rpc) => [rpc, 'secret-token']),
  )
  assert.match(terminal.stdout, /^NODE +ADDRESS/)
})

test('watch prints a view when something changed, and ends with exit 0 when interrupted', async () => {
  const stop = new AbortController()
  const terminal = new FakeTerminal(cluster, stop.signal)
  const ended = run(['watch', '--interval', '10ms'], terminal.environment, terminal)
  const views = () => terminal.stdout.match(/^NODE/gm)?.length ?? 0
  const shown = async (count: number) => {
    while (views() < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await shown(1)
  await cli('add --id watched')
  await shown(2)
  assert.match(terminal.stdout, /1 +0 +watched/)
  stop.abort()
  assert.equal(await ended, 0)
  assert.equal(views(), 2)
})

test('T14 watch: a reader that does not read holds one view and stops the asking', async () => {
  const stop = new AbortController()
  let written = 0
  const terminal = new FakeTerminal(cluster, stop.signal)
  terminal.out = () => {
    written += 1
    return new Promise((resolve) => {
      stop.signal.addEventListener('abort', () => resolve())
    })
  }
  const ended = run(['watch', '--interval', '1ms'], terminal.environment, terminal)
  while (written === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  const asked = cluster.seen.length
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.deepEqual([written, cluster.seen.length], [1, asked])
  stop.abort()
  assert.equal(await ended, 0)
})

test('the help of every command has an example', async () => {
  const original = ['add', 'play', 'vote', 'remove', 'metadata', 'queue', 'history']
  const cluster = ['status', 'members', 'transfer', 'watch', 'load', 'completion', '']
  const member = ['member', 'member add', 'member promote', 'member remove']
  for (const command of [...original, ...cluster, ...member]) {
    const { code, stdout } = await cli(`${command} --help`)
    assert.equal(code, 0)
    assert.match(stdout, /^Examples?:\n(.*\n)* .*music-queue /m, command)
  }
})

test('completion knows every command and option', async () => {
  const { stdout } = await cli('completion bash')
  for (const word of ['add', 'member', 'promote', 'transfer', '--concurrency', '--endpoints']) {
    assert.ok(stdout.includes(word), word)
  }
  const script = `${stdout}\nCOMP_WORDS=(music-queue member pro); COMP_CWORD=2; _music_queue; echo "\${COMPREPLY[@]}"`
  const bash = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let completed = ''
  bash.stdout.on('data', (chunk: Buffer) => {
    completed += String(chunk)
  })
  await once(bash, 'close')
  assert.equal(completed.trim(), 'promote')
  assert.match((await cli('completion zsh')).stdout, /^#compdef music-queue\n/)
})

test('the process: exit code, standard output alone for scripts, a reader that goes away', async () => {
  const entry = join(import.meta.dirname, '../cli.js')
  const start = (words: string) =>
    spawn(process.execPath, [entry, ...words.split(' ')], {
      env: { PATH: process.env['PATH'], QUEUE_ENDPOINTS: cluster.addresses.join(',') },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const add = start(ADD)
  let stdout = ''
  add.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk)
  })
  assert.deepEqual(await once(add, 'close'), [0, null])
  assert.match(stdout, /^AddTrack response: message: "Queued by Leader"\n/)

  const watch = start('watch --interval 10ms')
  await once(watch.stdout, 'data')
  watch.stdout.destroy()
  const changes = setInterval(() => cluster.tracks.push({ ...TRACK_FIELDS }), 20)
  assert.deepEqual(await once(watch, 'close'), [0, null])
  clearInterval(changes)
})

const TRACK_FIELDS = { id: 'x', title: '', artist: '', votes: 0, duration: 0 }
