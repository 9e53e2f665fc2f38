import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Child, eventually } from '../../test/child.ts'
import type { Answer, PictureCluster } from './cluster.ts'
import {
  agreement,
  arm,
  dead,
  heal,
  metric,
  pictureClient,
  settled,
  startCrashCluster,
} from './crash-cluster.ts'

const COORDINATOR = 'http-node1'
let cluster: PictureCluster
let one: Child
let two: Child
let three: Child
let count = 0

/** A transaction as `GET /transactions` shows it. */
interface Shown {
  readonly filename: string
  readonly participants: readonly { readonly vote: string | null }[]
}

/** A picture that all three hold. */
async function stored(): Promise<string> {
  cluster.mesh?.heal()
  await heal(cluster) // after a test that failed
  count += 1
  const filename = `picture-${count}.png`
  await eventually('it is stored', async () => (await cluster.upload(filename, 'x')).status === 200)
  await settled(cluster)
  return filename
}

/**
 * Deletes a picture while grpc-node1 stands still: the votes of the other two are counted, and
 * nothing is decided until it goes on.
 */
async function halfVoted(filename: string): Promise<{ answer: Promise<Answer | null> }> {
  one.signal('SIGSTOP')
  const answer = cluster.deleteEverywhere(filename).catch(() => null)
  await eventually('two votes are counted', async () => {
    const { body } = await cluster.get('/transactions?limit=1')
    const [latest] = body['transactions'] as Shown[]
    const yes = latest?.participants.filter(({ vote }) => vote === 'VoteCommit') ?? []
    return latest?.filename === filename && yes.length === 2
  })
  return { answer }
}

async function inDoubt({ name }: Child): Promise<number> {
  const client = pictureClient(cluster, name)
  try {
    return (await client.unary('Status', {}, { deadlineMs: 5000 })).inDoubtTotal
  } finally {
    client.close()
  }
}

async function assertGone(filename: string): Promise<void> {
  await settled(cluster)
  assert.equal((await agreement(cluster)).has(filename), false)
}

async function assertKept(filename: string): Promise<void> {
  await settled(cluster)
  assert.ok((await agreement(cluster)).has(filename))
  assert.equal((await cluster.deleteEverywhere(filename)).status, 200, 'it is not locked')
}

const failures = () => deliveryFailures(two.name)

async function deliveryFailures(node: string): Promise<number> {
  const { body } = await cluster.get('/metrics')
  const name = `picture_decision_delivery_failures_total{node="${node}"} `
  const line = String(body['text'])
    .split('\n')
    .find((each) => each.startsWith(name))
  return line === undefined ? 0 : Number(line.slice(name.length))
}

describe('the decision point, under the names of other projects', () => {
  before(async () => {
    cluster = await startCrashCluster({ relayed: true, env: { VOTE_TIMEOUT_MS: '30000' } })
    const [first, second, third] = cluster.participants
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    one = first
    two = second
    three = third
  })
  after(() => cluster.stop())

  test('D7 Percolator commit_primary_success: decided and told', async () => {
    const filename = await stored()
    const { body } = await cluster.deleteEverywhere(filename)
    assert.equal(body['status'], 'COMMITTED')
    await assertGone(filename)
  })

  test('D7 Percolator commit_primary_drop_secondary_requests: who does not hear it asks who has', async () => {
    const filename = await stored()
    const { answer } = await halfVoted(filename)
    for (const { name } of [two, three]) cluster.mesh?.cut(COORDINATOR, name)
    const from = [two.lines.length, three.lines.length]
    one.signal('SIGCONT')
    const { status, body } = (await answer) ?? {}
    assert.equal(status, 200)
    assert.deepEqual(body?.['details'], ['ACK', 'FAILED', 'FAILED'])
    for (const [index, child] of [two, three].entries()) {
      const told = /In doubt no more: \S+ is committed, says Node grpc-node\d/
      await child.line(told, { from: from[index] ?? 0, within: 30_000 })
    }
    cluster.mesh?.heal()
    await assertGone(filename)
  })

  test('D7 Percolator commit_primary_success_without_response: decided, and nobody was told', async () => {
    const filename = await stored()
    await arm(cluster, cluster.coordinator, 'after commit')
    await assert.rejects(cluster.deleteEverywhere(filename))
    await dead(cluster.coordinator)
    for (const child of cluster.participants) assert.equal(await inDoubt(child), 1)
    await heal(cluster)
    await assertGone(filename)
  })

  test('D7 Percolator commit_primary_fail: not decided, so nothing changes anywhere', async () => {
    const filename = await stored()
    await arm(cluster, cluster.coordinator, 'before commit')
    await assert.rejects(cluster.deleteEverywhere(filename))
    await dead(cluster.coordinator)
    await heal(cluster)
    await assertKept(filename)
  })

  test('D7 Vitess a participant is killed between prepare and commit: it commits when it is back', async () => {
    const filename = await stored()
    const { answer } = await halfVoted(filename)
    await two.end('SIGKILL')
    one.signal('SIGCONT')
    const { status, body } = (await answer) ?? {}
    assert.equal(status, 200)
    assert.deepEqual(body?.['details'], ['ACK', 'FAILED', 'ACK'])
    const from = two.lines.length
    two.start()
    await two.line(/1 transactions in doubt/, { from })
    await assertGone(filename)
  })

  test('D7 Vitess the coordinator is gone with votes in: its next run resolves what is prepared', async () => {
    const filename = await stored()
    const { answer } = await halfVoted(filename)
    await cluster.coordinator.end('SIGKILL')
    one.signal('SIGCONT')
    assert.equal(await answer, null)
    for (const child of [two, three]) assert.equal(await inDoubt(child), 1)
    await heal(cluster)
    await assertKept(filename)
  })

  test('D7 Vitess CommitPreparedFail: the metric rises while a prepared node does not commit', async () => {
    const filename = await stored()
    const { answer } = await halfVoted(filename)
    const before = await failures()
    two.signal('SIGSTOP')
    one.signal('SIGCONT')
    assert.equal((await answer)?.status, 200)
    await eventually('it rises', async () => (await failures()) >= before + 2)
    assert.equal(await metric(cluster, 'picture_transactions_committing'), 1)
    two.signal('SIGCONT')
    await assertGone(filename)
    assert.equal(await metric(cluster, 'picture_transactions_committing'), 0)
  })

  test('O19 votes are asked for in parallel: who does not answer holds up nobody', async () => {
    const filename = await stored()
    // The first in order stands still; the votes of those behind it are counted all the same.
    const { answer } = await halfVoted(filename)
    one.signal('SIGCONT')
    assert.equal((await answer)?.status, 200)
    await assertGone(filename)
  })

  test('O19 T3 one connection a participant, however many transactions', async () => {
    const filename = await stored()
    const opened = () =>
      cluster.participants.map(({ name }) => cluster.mesh?.carried(COORDINATOR, name))
    const before = opened()
    for (let like = 0; like < 100; like += 1) await cluster.like(filename)
    assert.equal((await agreement(cluster)).get(filename)?.likes, 100)
    assert.deepEqual(opened(), before)
    assert.ok(before.every((connections) => (connections ?? 0) >= 1))
  })

  test('P11 /drain refuses while a participant is in doubt, and says how many are', async () => {
    const filename = await stored()
    assert.equal((await cluster.get('/drain')).body['removable'], true)
    const { answer } = await halfVoted(filename)
    const under = await cluster.get('/drain')
    assert.equal(under.status, 409)
    assert.equal(under.body['open'], 1)
    assert.deepEqual(under.body['participants'], [
      { node: 'grpc-node1', reachable: false, in_doubt: null },
      { node: 'grpc-node2', reachable: true, in_doubt: 1 },
      { node: 'grpc-node3', reachable: true, in_doubt: 1 },
    ])
    two.signal('SIGSTOP')
    one.signal('SIGCONT')
    await answer
    const undelivered = await cluster.get('/drain')
    assert.equal(undelivered.status, 409)
    assert.equal(undelivered.body['committing'], 1)
    two.signal('SIGCONT')
    await settled(cluster)
    const { status, body } = await cluster.get('/drain')
    assert.equal(status, 200)
    assert.equal(body['removable'], true)
  })
})
