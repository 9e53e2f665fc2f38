import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { run } from '../program.ts'
import { FakeCluster, FakeTerminal } from './fake-cluster.ts'

let cluster: FakeCluster
let folder = ''
let file = ''
beforeEach(async () => {
  cluster = await FakeCluster.start(2)
  folder = await mkdtemp(join(tmpdir(), 'load-'))
  file = join(folder, 'tracks.csv')
})
afterEach(async () => {
  cluster.stop()
  await rm(folder, { recursive: true, force: true })
})

async function load(...options: readonly string[]) {
  const terminal = new FakeTerminal(cluster)
  const words = ['load', file, ...options]
  const code = await run(words, terminal.environment, terminal)
  return { code, stdout: terminal.stdout, stderr: terminal.stderr }
}

function rows(count: number): string {
  const lines = Array.from(
    { length: count },
    (_, index) => `t${index},Title ${index},Artist,${index}`,
  )
  return `id,title,artist,duration\n${lines.join('\n')}\n`
}

const ids = () => cluster.tracks.map(({ id }) => id).sort()

for (const [by, streams] of [
  ['by streams', true],
  ['by calls', false],
] as const) {
  test(`every row is added once, several at a time, each lane in order, ${by}`, async () => {
    cluster.streams = streams
    await writeFile(file, rows(200))
    const { code, stdout } = await load('--concurrency', '8')
    assert.deepEqual([code, stdout], [0, '200 rows: 200 added, 0 already queued, 0 refused\n'])
    assert.equal(cluster.tracks.length, 200)
    assert.equal(new Set(cluster.seen.map(({ clientId }) => clientId)).size, streams ? 4 : 8)
    const last = new Map<string, number>()
    for (const { clientId, requestId } of cluster.seen) {
      assert.ok(Number(requestId) > (last.get(clientId) ?? 0))
      last.set(clientId, Number(requestId))
    }
    assert.equal(existsSync(`${file}.load`), false)
  })

  test(`R16 a load that was interrupted goes on; what was applied is not applied again, ${by}`, async () => {
    cluster.streams = streams
    await writeFile(file, rows(100))
    // From the 40th on a row is applied and its answer lost, as when the network goes.
    cluster.behave = () => (cluster.seen.length > 40 ? { after: status.UNAVAILABLE } : 'serve')
    const cut = await load('--concurrency', '4', '--timeout', '1s')
    assert.equal(cut.code, 3)
    assert.match(cut.stderr, /The same command goes on where this stopped/)
    // Played since: only the request ids can tell that these rows took effect.
    const before = cluster.tracks.splice(0).map(({ id }) => id)
    assert.ok(before.length >= 40, String(before.length))
    cluster.behave = () => 'serve'
    const { code, stdout } = await load('--concurrency', '16')
    assert.equal(code, 0)
    assert.match(stdout, /^100 rows: .* answered in an earlier run\n/)
    assert.equal(cluster.applied, 100)
    assert.deepEqual([...before, ...ids()].sort(), rows(100).match(/^t\d+/gm)?.sort())
  })

  test(`R16 progress that was not saved in time costs questions, not duplicates, ${by}`, async () => {
    cluster.streams = streams
    await writeFile(file, rows(50))
    cluster.behave = () => (cluster.seen.length > 30 ? { after: status.UNAVAILABLE } : 'serve')
    await load('--concurrency', '4', '--timeout', '1s')
    const state = JSON.parse(await readFile(`${file}.load`, 'utf8'))
    await writeFile(`${file}.load`, JSON.stringify({ ...state, answered: [0, 0, 0, 0] }))
    cluster.tracks.length = 0
    cluster.behave = () => 'serve'
    assert.equal((await load()).code, 0)
    assert.equal(cluster.applied, 50)
  })

  test(`rows that are refused are told by their line, and the rest is loaded, ${by}`, async () => {
    cluster.streams = streams
    cluster.behave = ({ request }) =>
      request['id'] === ''
        ? { code: status.INVALID_ARGUMENT, details: 'id must be 1–128 bytes' }
        : 'serve'
    await writeFile(
      file,
      '\ufeffTitle , ID,duration\r\n"Two\nlines, ""quoted""",a,5\r\nNo id,,5\r\nLong,b,forever\r\nMore,c,1,2\r\n\r\nZoë,d,\r\n',
    )
    const { code, stdout, stderr } = await load()
    assert.deepEqual([code, stdout], [1, '5 rows: 2 added, 0 already queued, 3 refused\n'])
    assert.match(stderr, /^line 4 refused: id must be 1–128 bytes$/m)
    assert.match(stderr, /^line 5 refused: duration "forever" is no number of seconds$/m)
    assert.match(stderr, /^line 6 refused: it has not as many fields as the heading$/m)
    assert.deepEqual(cluster.tracks.map(({ title }) => title).sort(), [
      'Two\nlines, "quoted"',
      'Zoë',
    ])
    assert.equal(existsSync(`${file}.load`), false)
  })
}

test('rows whose id is queued already are counted, and are no failure', async () => {
  await writeFile(file, rows(5))
  await load()
  const { code, stdout } = await load()
  assert.deepEqual([code, stdout], [0, '5 rows: 0 added, 5 already queued, 0 refused\n'])
})

test('a file that changed since its load began is refused until --restart', async () => {
  await writeFile(file, rows(20))
  cluster.behave = () => ({ code: status.UNAVAILABLE, details: 'No Leader Elected Yet' })
  assert.equal((await load('--timeout', '1s')).code, 1)
  await appendFile(file, 'more,More,More,1\n')
  cluster.behave = () => 'serve'
  const refused = await load()
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /the file changed since the load in .* began; --restart/)
  assert.equal((await load('--restart')).code, 0)
  assert.equal(cluster.tracks.length, 21)
})

test('L15 what is no CSV file as expected is said, with exit 2', async () => {
  await writeFile(file, 'name,artist\na,b\n')
  assert.match((await load()).stderr, /must name the columns id,title,artist,duration/)
  await writeFile(file, 'id,title\na,"never closed\n')
  const { code, stderr } = await load()
  assert.equal(code, 2)
  assert.match(stderr, /is not a CSV file as expected: /)
  await rm(file)
  const missing = await load()
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /^music-queue: .*no such file/)
})

test('a node without streams is met on the way: the rest is loaded by calls, each row once', async () => {
  cluster.streams = true
  await writeFile(file, rows(800))
  cluster.behave = ({ rpc }) =>
    rpc === 'AddTracks' && cluster.seen.length > 600
      ? { code: status.UNIMPLEMENTED, details: 'no such method' }
      : 'serve'
  const { code, stdout } = await load()
  assert.deepEqual([code, stdout], [0, '800 rows: 800 added, 0 already queued, 0 refused\n'])
  assert.equal(cluster.applied, 800)
  assert.ok(cluster.seen.some(({ rpc }) => rpc === 'AddTrack'))
})

test('R16 a load begun by calls with many client ids goes on by calls', async () => {
  await writeFile(file, rows(100))
  cluster.behave = () => (cluster.seen.length > 40 ? { after: status.UNAVAILABLE } : 'serve')
  await load('--concurrency', '16', '--timeout', '1s')
  cluster.streams = true
  cluster.behave = () => 'serve'
  assert.equal((await load()).code, 0)
  assert.equal(cluster.applied, 100)
  assert.ok(cluster.seen.every(({ rpc }) => rpc === 'AddTrack'))
})
