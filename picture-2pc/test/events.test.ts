import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertNoHoles, EventSourceClient, type Seen } from '../../test/event-source.ts'
import { PictureCluster } from './cluster.ts'

const COORDINATOR = 'http-node1'

/** Of one transaction: at which node what happened, in the order in which it did there. */
function lanes(events: readonly Seen[], transactionId: unknown): Map<string, string[]> {
  const lanes = new Map<string, string[]>()
  for (const event of events) {
    const records = (event['records'] ?? []) as { type: string; transactionId: string }[]
    const record = records.find((each) => each.transactionId === transactionId)
    if (event['transactionId'] !== transactionId && record === undefined) continue
    const { kind, direction, rpc, reply } = event as Record<string, unknown>
    const words = kind === 'rpc' ? [direction, reply ?? rpc] : [kind, record?.type]
    const lane = lanes.get(event.node) ?? []
    lane.push(words.filter((word) => word !== undefined).join(' '))
    lanes.set(event.node, lane)
  }
  return lanes
}

async function upload(url: string, query = ''): Promise<Record<string, unknown>> {
  const form = new FormData()
  form.set('file', new Blob(['picture']), '<script>.png')
  const response = await fetch(`${url}/upload${query}`, { method: 'POST', body: form })
  return response.json() as Promise<Record<string, unknown>>
}

test('one URL shows a transaction in all its lanes: a commit in order, an abort and who refused', async (t) => {
  await using cluster = await PictureCluster.start()
  const viewer = await EventSourceClient.open(`${cluster.url}/events?cluster=1`)
  t.after(() => viewer.close())
  for (const { name } of cluster.all) {
    await viewer.until(
      `a picture of ${name}`,
      ({ node, kind }) => node === name && kind === 'snapshot',
    )
  }
  const { transaction_id: committed } = await upload(cluster.url)
  const isOf = (id: unknown, kind: string) => (event: Seen) =>
    event['transactionId'] === id && event.kind === kind
  await viewer.until('its end', isOf(committed, 'forgotten'))
  for (const { name } of cluster.participants) {
    await viewer.until(
      'its lock is free',
      (event) => event.node === name && isOf(committed, 'decided')(event),
    )
    await viewer.until('its Ack', ({ node, reply }) => node === name && reply === 'Ack')
    assert.deepEqual(lanes(viewer.events, committed).get(name), [
      'received VoteRequest',
      'forced prepare',
      'prepared',
      'replied VoteCommit',
      'received GlobalCommit',
      'forced commit',
      'decided',
      'replied Ack',
    ])
  }
  const lane = lanes(viewer.events, committed).get(COORDINATOR) ?? []
  const order = ['began', 'sent VoteRequest', 'answered VoteCommit', 'forced commit', 'decided']
  const places = [...order, 'sent GlobalCommit', 'acknowledged', 'forgotten'].map((step) =>
    lane.indexOf(step),
  )
  assert.ok(
    places.every((place) => place >= 0),
    lane.join(', '),
  )
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    lane.join(', '),
  )
  assert.ok(
    lane.lastIndexOf('answered VoteCommit') < lane.indexOf('forced commit'),
    lane.join(', '),
  )

  const name = encodeURIComponent('<script>.png')
  await fetch(`${cluster.url}/delete/${name}?node=grpc-node2`, { method: 'DELETE' })
  const response = await fetch(`${cluster.url}/delete-2pc/${name}`, { method: 'DELETE' })
  const { transaction_id: aborted } = (await response.json()) as Record<string, unknown>
  const refused = await viewer.until('a no', (event) => {
    const vote = event['vote'] as { vote: string } | undefined
    return isOf(aborted, 'voted')(event) && vote?.vote === 'abort'
  })
  assert.deepEqual(refused['from'], 'grpc-node2')
  assert.deepEqual(refused['vote'], { vote: 'abort', reason: 'PICTURE_NOT_FOUND' })
  await viewer.until(
    'the abort',
    (event) => isOf(aborted, 'decided')(event) && event['decision'] === 'abort',
  )

  await cluster.participant('grpc-node3').end('SIGKILL')
  await viewer.until(
    'it is not heard',
    (event) => event['peer'] === 'grpc-node3' && event['reachable'] === false,
  )
  assertNoHoles(viewer.events)
})

test('who looks finds what is in doubt, and pages of others find nothing', async (t) => {
  await using cluster = await PictureCluster.start({ env: { VOTE_TIMEOUT_MS: '60000' } })
  await upload(cluster.url)
  const silent = cluster.participant('grpc-node3')
  silent.signal('SIGSTOP')
  t.after(() => silent.signal('SIGCONT'))
  const name = encodeURIComponent('<script>.png')
  const deleting = fetch(`${cluster.url}/delete-2pc/${name}`, { method: 'DELETE' }).catch(
    () => null,
  )
  const isLocked = ({ node, state }: Seen) =>
    node === 'grpc-node1' && ((state as { locks?: unknown[] })?.locks?.length ?? 0) === 1
  const viewer = await EventSourceClient.open(`${cluster.url}/events?cluster=1`)
  t.after(() => viewer.close())
  const { state } = await viewer.until('a lock', isLocked)
  const [lock] = (state as { locks: Record<string, unknown>[] }).locks
  assert.deepEqual(
    [lock?.['filename'], lock?.['coordinator'], lock?.['operation']],
    ['<script>.png', COORDINATOR, 'delete'],
  )
  const isOpen = (event: Seen) => {
    const { open, transactions } = (event['state'] ?? {}) as {
      open?: number
      transactions?: unknown[]
    }
    return event.node === COORDINATOR && open === 1 && transactions?.length === 1
  }
  await viewer.until('an open transaction', isOpen)
  const foreign = await fetch(`${cluster.url}/events`, {
    headers: { origin: 'http://evil.example' },
  })
  assert.equal(foreign.status, 403)
  assert.equal(((await foreign.json()) as { code: string }).code, 'FOREIGN_PAGE')
  const posted = await fetch(`${cluster.url}/events`, { method: 'POST' })
  assert.equal(posted.status, 405)
  silent.signal('SIGCONT')
  await deleting
})
