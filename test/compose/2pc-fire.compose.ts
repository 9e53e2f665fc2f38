import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../child.ts'
import { Compose, docker } from './engine.ts'
import { type Answer, PictureHttp } from './picture-http.ts'

// The coordinator and its participants as docker-compose.2pc.yml makes them, and what a user may do
// to them, while a client uploads, likes and deletes. Two-phase commit blocks and aborts, and says so;
// what it never does is keep a picture on some of them only, or take back what it said.

const PARTICIPANTS = ['grpc-node1', 'grpc-node2', 'grpc-node3']
const ALL = ['http-node1', ...PARTICIPANTS]
/** The participant whose volume is small. */
const SMALL = 'grpc-node3'
const SMALL_VOLUME = `
volumes:
  ${SMALL}:
    driver: local
    driver_opts: {type: tmpfs, device: tmpfs, o: 'size=16m,uid=1000,gid=1000'}
`
const http = new PictureHttp('http://localhost:5001')

/** Asks again, under the same key, until there is an answer: a commit or an abort. */
class Client {
  /** For each picture whose last transaction was decided: whether it is there. */
  readonly there = new Map<string, boolean>()
  committed = 0
  aborted = 0
  longest = 0
  #stopping = false
  readonly #running = this.#run()
  #failure: unknown = null

  mark(): void {
    this.longest = 0
    this.committed = 0
    this.aborted = 0
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#running
    if (this.#failure !== null) throw this.#failure
  }

  async #run(): Promise<void> {
    try {
      for (let count = 1; !this.#stopping; count += 1) {
        const picture = `fire-${count}.png`
        if (await this.#decided((key) => http.upload(picture, key))) {
          this.there.set(picture, true)
          await this.#decided((key) => http.like(picture, key))
          const odd = count % 2 === 1
          if (odd && (await this.#decided((key) => http.delete(picture, key)))) {
            this.there.set(picture, false)
          }
        } else {
          this.there.set(picture, false)
        }
        await sleep(20)
      }
    } catch (error) {
      this.#failure = error
    }
  }

  async #decided(ask: (key: string) => Promise<Answer>): Promise<boolean> {
    const key = randomUUID()
    const began = performance.now()
    for (;;) {
      const answer = await ask(key).catch(() => null)
      const status = answer?.body['status']
      if (status === 'COMMITTED' || status === 'ABORTED') {
        this.longest = Math.max(this.longest, performance.now() - began)
        if (status === 'COMMITTED') this.committed += 1
        else this.aborted += 1
        return status === 'COMMITTED'
      }
      assert(answer === null || answer.status >= 500, JSON.stringify(answer))
      await sleep(100)
    }
  }
}

let compose: Compose
let folder = ''
let client: Client

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picture-2pc-fire-'))
  const override = join(folder, 'small-volume.yml')
  await writeFile(override, SMALL_VOLUME)
  const files = ['docker-compose.2pc.yml', override]
  compose = await Compose.prepare(files, 'picture-2pc-fire-test', ALL)
  await compose.run(['up', '--build', '-d'])
  await http.ready()
  client = new Client()
})

after(async () => {
  await client?.stop().catch(() => undefined)
  await compose?.down()
  await rm(folder, { recursive: true, force: true })
})

/** A test that says what the client saw, and shows, when it fails, what the containers said. */
function scenario(title: string, body: () => Promise<void>): void {
  void test(title, async (context: TestContext) => {
    try {
      client.mark()
      await body()
      const { committed, aborted, longest } = client
      const decided = `${committed} committed, ${aborted} aborted`
      context.diagnostic(`longest wait for a decision: ${Math.round(longest)} ms; ${decided}`)
    } catch (error) {
      context.diagnostic(await compose.tails())
      throw error
    }
  })
}

/** The client's transactions commit again. */
async function commitsAgain(): Promise<void> {
  await http.ready()
  const { committed } = client
  await eventually('transactions commit', () => client.committed > committed + 3, 30_000)
}

scenario('a participant is cut off its network, and connected again', async () => {
  await compose.cut('grpc-node2', 'pictures')
  await eventually('transactions abort', () => client.aborted > 0)
  await compose.join('grpc-node2', 'pictures')
  await commitsAgain()
})

scenario('O20 the coordinator is killed, and made anew on its volume', async () => {
  await docker('kill', 'http-node1')
  await compose.run(['up', '-d', '--force-recreate', '--no-deps', 'http-node1'])
  await commitsAgain()
  await eventually('nothing is in doubt', () => http.nothingInDoubt())
})

scenario('O20 a participant is killed, and made anew on its volume', async () => {
  await docker('kill', 'grpc-node1')
  await compose.run(['up', '-d', '--force-recreate', '--no-deps', 'grpc-node1'])
  await commitsAgain()
  await eventually('nothing is in doubt', () => http.nothingInDoubt())
})

scenario('a volume is full: no uploads, deletes go on; there is room: uploads go on', async () => {
  await http.upload('before.png', randomUUID())
  // What is left is too little for a picture; decisions have space of their own.
  const fill =
    'dd if=/dev/zero of=/data/filler bs=64k || dd if=/dev/zero of=/data/rest bs=512; true'
  await docker('exec', SMALL, 'sh', '-c', fill)
  await eventually('uploads abort', async () => {
    const { status, body } = await http.upload('refused.png', randomUUID())
    return status === 409 && JSON.stringify(body).includes('DISK_FULL')
  })
  const { body } = await http.delete('before.png', randomUUID())
  assert.equal(body['status'], 'COMMITTED', JSON.stringify(body))
  await docker('exec', SMALL, 'rm', '/data/filler', '/data/rest')
  await eventually('uploads commit', async () => {
    return (await http.upload('accepted.png', randomUUID())).body['status'] === 'COMMITTED'
  })
  await commitsAgain()
})

test('every picture is on all participants or on none, as the client was told', async () => {
  await client.stop()
  await eventually('nothing is in doubt', () => http.nothingInDoubt())
  const listed = await http.list()
  assert(client.there.size > 0)
  for (const [picture, there] of client.there) {
    assert.deepEqual(listed[picture]?.nodes ?? [], there ? PARTICIPANTS : [], picture)
  }
  for (const [picture, { nodes }] of Object.entries(listed)) {
    assert.deepEqual(nodes, PARTICIPANTS, picture)
  }
})

// What an empty disk in place of one that held something means: outside of what two-phase commit
// can put right (README), so it has to be seen.

test('a volume is wiped: what it lacks is named, and an upload puts it back', async () => {
  await http.upload('kept.png', randomUUID())
  await compose.wipe('grpc-node2')
  await http.ready()
  assert.deepEqual((await http.list())['kept.png']?.nodes, ['grpc-node1', 'grpc-node3'])
  const { status, body } = await http.delete('kept.png', randomUUID())
  assert.equal(status, 409)
  const votes = body['votes'] as { node: string; vote: string; reason?: string }[]
  const no = votes.filter(({ vote }) => vote === 'VoteAbort')
  assert.deepEqual(no, [{ node: 'grpc-node2', vote: 'VoteAbort', reason: 'PICTURE_NOT_FOUND' }])
  const again = await http.upload('kept.png', randomUUID())
  assert.equal(again.body['status'], 'COMMITTED', JSON.stringify(again.body))
  assert.deepEqual((await http.list())['kept.png']?.nodes, PARTICIPANTS)
})

test('a volume is wiped between vote and decision: the commit is never called complete', async () => {
  await compose.run(['up', '-d', '--no-deps', 'http-node1'], { VOTE_TIMEOUT_MS: '60000' })
  await http.ready()
  await docker('pause', 'grpc-node1')
  const from = await compose.lineCount('grpc-node2')
  const deleted = http.delete('kept.png', randomUUID())
  await compose.logged('grpc-node2', /sends RPC VoteCommit/, from)
  await compose.wipe('grpc-node2')
  await compose.logged('grpc-node2', /serves on port/)
  await docker('unpause', 'grpc-node1')
  const { body } = await deleted
  assert.equal(body['status'], 'COMMITTED', JSON.stringify(body))
  const id = String(body['transaction_id'])
  await eventually('its refusal is told', async () => {
    const { body: view } = await http.request('GET', `/transactions/${id}`)
    const nodes = view['participants'] as Record<string, unknown>[]
    const wiped = nodes.find(({ node }) => node === 'grpc-node2')
    assert.equal(wiped?.['acknowledged_at'], null)
    return view['state'] === 'committing' && wiped['last_failure'] !== null
  })
})
