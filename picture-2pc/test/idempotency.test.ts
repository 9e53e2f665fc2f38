import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type Answer, PictureCluster } from './cluster.ts'
import { assertUntouched } from './traces.ts'

let cluster: PictureCluster
before(async () => {
  cluster = await PictureCluster.start({ env: { LOG_LEVEL: 'warn' } })
})
after(() => cluster.stop())

const keyed = (key: string) => ({ 'idempotency-key': key })

function like(filename: string, key: string): Promise<Answer> {
  return cluster.request('POST', `/like/${filename}`, { headers: keyed(key) })
}

function upload(filename: string, bytes: string, key: string): Promise<Answer> {
  const body = new FormData()
  body.set('file', new Blob([bytes]), filename)
  return cluster.request('POST', '/upload', { body, headers: keyed(key) })
}

/** The same answer, of the same transaction. */
function assertSame(answers: readonly Answer[]): void {
  const [first, ...rest] = answers.map(({ status, body }) => ({ status, body }))
  for (const each of rest) assert.deepEqual(each, first)
}

async function likesOf(filename: string): Promise<unknown> {
  return (await cluster.get(`/search/${filename}`)).body['likes']
}

test('P15 a repeated delete hears the first answer, also when the picture came back meanwhile', async () => {
  const key = randomUUID()
  await cluster.upload('a', 'one')
  const first = await cluster.deleteEverywhere('a', keyed(key))
  assert.equal(first.body['status'], 'COMMITTED')
  await cluster.upload('a', 'two')
  assertSame([first, await cluster.deleteEverywhere('a', keyed(key))])
  assert.equal((await cluster.holders('a')).length, 3, 'it is not deleted again')
  const another = await cluster.deleteEverywhere('a', keyed(randomUUID()))
  assert.notEqual(another.body['transaction_id'], first.body['transaction_id'])
  await assertUntouched(cluster, [])
})

test('P15 repetitions that come at once are one transaction', async () => {
  await cluster.upload('b', 'bytes')
  const key = randomUUID()
  const likes = await Promise.all(Array.from({ length: 8 }, () => like('b', key)))
  assert.deepEqual([likes[0]?.status, likes[0]?.body['likes']], [200, 1])
  assertSame(likes)
  assert.equal(await likesOf('b'), 1)
  const other = randomUUID()
  assertSame(await Promise.all(Array.from({ length: 8 }, () => upload('c', 'bytes', other))))
  const last = randomUUID()
  const deletes = Array.from({ length: 8 }, () => cluster.deleteEverywhere('c', keyed(last)))
  assertSame(await Promise.all(deletes))
  await cluster.deleteEverywhere('b')
  await assertUntouched(cluster, [])
})

test('P15 a repeated upload stores once: likes since then stay', async () => {
  const key = randomUUID()
  const first = await upload('d', 'bytes', key)
  assert.equal(first.status, 200)
  await like('d', randomUUID())
  assertSame([first, await upload('d', 'bytes', key), await upload('d', 'bytes', key)])
  assert.equal(await likesOf('d'), 1)
  await cluster.deleteEverywhere('d')
  await assertUntouched(cluster, [])
})

test('P15 a key used for anything else is refused, and changes nothing', async () => {
  const key = randomUUID()
  assert.equal((await upload('e', 'bytes', key)).status, 200)
  const wrong = [
    await upload('e', 'other bytes', key),
    await upload('f', 'bytes', key),
    await like('e', key),
    await cluster.deleteEverywhere('e', keyed(key)),
  ]
  for (const { status, body } of wrong)
    assert.deepEqual([status, body['code']], [422, 'KEY_REUSED'])
  assert.equal(await likesOf('e'), 0)
  await assertUntouched(cluster, ['e'])
  await cluster.deleteEverywhere('e')
})

test('P15 an abort is repeated too; a request that began nothing is not remembered', async () => {
  const key = randomUUID()
  const first = await like('absent', key)
  assert.equal(first.status, 409)
  await cluster.upload('absent', 'now there')
  assertSame([first, await like('absent', key)])
  const retried = randomUUID()
  assert.equal((await upload('g', '', retried)).status, 422)
  assert.equal((await upload('g', 'bytes', retried)).status, 200)
  for (const name of ['absent', 'g']) await cluster.deleteEverywhere(name)
})

test('an Idempotency-Key is visible ASCII of bounded length', async () => {
  for (const key of ['', 'a b', 'x'.repeat(256)]) {
    for (const answer of [await like('h', key), await upload('h', 'x', key)]) {
      assert.deepEqual([answer.status, answer.body['code']], [400, 'INVALID_ARGUMENT'], key)
    }
  }
  await assertUntouched(cluster, [])
})

test('P15 commits are remembered across a restart of the coordinator, kill -9 included', async () => {
  await cluster.upload('i', 'bytes')
  const keys = [randomUUID(), randomUUID(), randomUUID()] as const
  const before = [await like('i', keys[0]), await upload('j', 'bytes', keys[1])]
  before.push(await cluster.deleteEverywhere('j', keyed(keys[2])))
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await cluster.coordinator.end(signal)
    cluster.coordinator.start()
    await cluster.ready()
    const again = [await like('i', keys[0]), await upload('j', 'bytes', keys[1])]
    again.push(await cluster.deleteEverywhere('j', keyed(keys[2])))
    for (const [index, first] of before.entries()) {
      const { status, body } = again[index] ?? first
      const facts = ({ status: is, transaction_id, likes }: Record<string, unknown>) => ({
        is,
        transaction_id,
        likes,
      })
      assert.deepEqual([status, facts(body)], [first.status, facts(first.body)])
    }
    assert.equal((await cluster.deleteEverywhere('i', keyed(keys[0]))).status, 422)
  }
  assert.equal(await likesOf('i'), 1)
  await assertUntouched(cluster, ['i'])
})
