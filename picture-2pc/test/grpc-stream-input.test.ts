import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { RpcClient } from '../../common/rpc-client.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import type { StageChunk } from '../../protos/types/StageChunk.ts'
import type { UploadChunk } from '../../protos/types/UploadChunk.ts'
import { eventually } from '../../test/child.ts'
import { PictureCluster } from './cluster.ts'
import { fullClient, refusal } from './grpc-clients.ts'
import { assertUntouched, blobs } from './traces.ts'

const MOST = 2_000_000

let cluster: PictureCluster
let client: RpcClient<PictureServiceDefinition>
before(async () => {
  cluster = await PictureCluster.start({
    ...{ participants: 1, participantMain: 'picture-2pc/test/impatient-participant.js' },
    env: { LOG_LEVEL: 'warn', MAX_PICTURE_BYTES: String(MOST) },
  })
  client = fullClient(cluster, 0)
  assert.equal((await cluster.upload('kept.png', 'kept')).status, 200)
})
after(async () => {
  client.close()
  await cluster.stop()
})

const deadline = { deadlineMs: 10_000 }
const data = (size: number) => ({ data: Buffer.alloc(size, 1) })
const LAST = { complete: true }

type Ending = 'end' | 'cancel' | 'silence'

/** Sends the messages of one stream and says how it was answered. */
async function send<C>(
  method: 'UploadStream' | 'Stage',
  messages: readonly C[],
  ending: Ending = 'end',
): Promise<string> {
  const { requests, answer } = client.clientStream(method, deadline)
  requests.on('error', () => undefined)
  for (const message of messages) requests.write(message as UploadChunk & StageChunk)
  if (ending === 'end') requests.end()
  if (ending === 'cancel') setTimeout(() => requests.cancel(), 30)
  return refusal(answer)
}

const upload = (messages: readonly UploadChunk[], ending?: Ending) =>
  send('UploadStream', messages, ending)

const stage = (messages: readonly StageChunk[], ending?: Ending) => send('Stage', messages, ending)

const header = (transactionId: string, coordinatorId = 'http-node1') => ({
  header: { transactionId, coordinatorId },
})

test('what is complete is stored: name, bytes in any pieces, complete', async () => {
  const name = { filename: 'whole.png' }
  const full = [name, data(1_000_000), data(0), data(1_000_000), LAST]
  assert.match(await upload(full), /^answered .*"success":true/)
  assert.equal((await client.unary('Search', name, deadline)).found, true)
  await client.unary('Delete', name, deadline)
  await assertUntouched(cluster, ['kept.png'])
})

const name = { filename: 'bad.png' }
const id = () => header(randomUUID())
const INVALID = 'INVALID_ARGUMENT INVALID_ARGUMENT'

test('a stream that ends without saying that it is complete leaves nothing', async () => {
  for (const messages of [[], [name], [name, data(70_000)], [name, data(1_000_000), data(10)]]) {
    assert.equal(await upload(messages), INVALID)
  }
  for (const messages of [[], [id()], [id(), data(70_000)]]) {
    assert.equal(await stage(messages), INVALID)
  }
  await assertUntouched(cluster, ['kept.png'])
})

test('a stream that is cancelled half-way leaves nothing', async () => {
  const cut = Array.from({ length: 10 }, () => upload([name, data(70_000)], 'cancel'))
  cut.push(...Array.from({ length: 10 }, () => stage([id(), data(70_000)], 'cancel')))
  assert.deepEqual(new Set(await Promise.all(cut)), new Set(['CANCELLED']))
  await assertUntouched(cluster, ['kept.png'])
})

test('T2 a sender that falls silent is given up: nothing is held for it', async () => {
  const REASON = 'DEADLINE_EXCEEDED REQUEST_TIMEOUT'
  const silent = [
    upload([], 'silence'),
    upload([name], 'silence'),
    upload([name, data(70_000)], 'silence'),
    stage([id(), data(70_000)], 'silence'),
  ]
  assert.deepEqual(await Promise.all(silent), [REASON, REASON, REASON, REASON])
  await assertUntouched(cluster, ['kept.png'])
})

test('wrong first messages, names, ids and coordinators are refused', async () => {
  assert.equal(await upload([data(10), LAST]), INVALID)
  assert.equal(await upload([LAST]), INVALID)
  assert.equal(await upload([{}, data(10), LAST]), INVALID)
  assert.equal(await upload([name, data(10), name, LAST]), INVALID)
  for (const filename of ['', '..', '../a', 'a\0', 'x'.repeat(256)]) {
    const answer = await upload([{ filename }, data(10), LAST])
    assert.equal(answer, 'INVALID_ARGUMENT INVALID_NAME', filename)
  }
  assert.equal(await upload([name, LAST]), 'INVALID_ARGUMENT EMPTY_PICTURE')
  assert.equal(await stage([data(10), LAST]), INVALID)
  assert.equal(await stage([id(), id(), data(10), LAST]), INVALID)
  assert.equal(await stage([id(), LAST]), 'INVALID_ARGUMENT EMPTY_PICTURE')
  for (const bad of ['', 'a b', 'x'.repeat(129)]) {
    assert.equal(await stage([header(bad), data(10), LAST]), INVALID)
  }
  const foreign = await stage([header('t', 'http-node9'), data(10), LAST])
  assert.equal(foreign, 'PERMISSION_DENIED UNKNOWN_COORDINATOR')
  await assertUntouched(cluster, ['kept.png'])
})

test('T4 chunks and pictures over their limits are refused while they arrive', async () => {
  assert.equal(await upload([name, data(1024 * 1024 + 1), LAST]), INVALID)
  const exact = [data(1_000_000), data(1_000_000)]
  const TOO_LARGE = 'RESOURCE_EXHAUSTED PICTURE_TOO_LARGE'
  assert.equal(await upload([name, ...exact, data(1), LAST]), TOO_LARGE)
  assert.equal(await stage([id(), ...exact, data(1)], 'silence'), TOO_LARGE)
  const huge = await upload([name, data(5 * 1024 * 1024), LAST])
  assert.match(huge, /^RESOURCE_EXHAUSTED$/)
  await assertUntouched(cluster, ['kept.png'])
})

test('bytes are staged once for a transaction and go with its abort', async () => {
  const transactionId = randomUUID()
  const about = { transactionId, coordinatorId: 'http-node1', filename: 'staged.png' }
  const first = header(transactionId)
  assert.match(await stage([first, data(10), LAST]), /^answered/)
  assert.equal(await stage([first, data(10), LAST]), INVALID)
  assert.equal(await blobs(cluster), 2)
  await client.unary('GlobalAbort', about, deadline)
  await eventually('the bytes are gone', async () => (await blobs(cluster)) === 1)
  const sha256 = createHash('sha256').update(data(10).data).digest()
  const vote = {
    ...about,
    operation: 'UPLOAD',
    staged: { size: 10, sha256, uploadTime: 1 },
  } as const
  const { voteGranted, reason } = await client.unary('VoteRequest', vote, deadline)
  assert.deepEqual([voteGranted, reason], [false, 'TRANSACTION_ABORTED'])
  await assertUntouched(cluster, ['kept.png'])
})

test('other bytes than the vote is asked for are no reason to say yes', async () => {
  const transactionId = randomUUID()
  assert.match(await stage([header(transactionId), data(10), LAST]), /^answered/)
  const vote = await client.unary(
    'VoteRequest',
    {
      ...{ transactionId, coordinatorId: 'http-node1', filename: 'other.png', operation: 'UPLOAD' },
      staged: { size: 10, sha256: Buffer.alloc(32), uploadTime: 1 },
    },
    deadline,
  )
  assert.deepEqual([vote.voteGranted, vote.reason], [false, 'NOT_STAGED'])
  await assertUntouched(cluster, ['kept.png'])
})

test('a download that is refused or cancelled ends, and the process goes on', async () => {
  const absent = client.serverStream('DownloadStream', { filename: 'absent' }, deadline)
  const refused = absent.toArray()
  assert.equal(await refusal(refused), 'NOT_FOUND PICTURE_NOT_FOUND')
  const invalid = client.serverStream('DownloadStream', { filename: '../a' }, deadline)
  assert.equal(await refusal(invalid.toArray()), 'INVALID_ARGUMENT INVALID_NAME')
  assert.equal((await cluster.upload('large.png', new Uint8Array(MOST))).status, 200)
  for (let round = 0; round < 5; round++) {
    const stream = client.serverStream('DownloadStream', { filename: 'large.png' }, deadline)
    stream.on('error', () => undefined)
    await new Promise((resolve) => stream.once('data', resolve))
    stream.cancel()
  }
  for (let round = 0; round < 5; round++) {
    const aborting = new AbortController()
    const half = await fetch(`${cluster.url}/download/large.png`, { signal: aborting.signal })
    await half.body?.getReader().read()
    aborting.abort()
  }
  await client.unary('Delete', { filename: 'large.png' }, deadline)
  await assertUntouched(cluster, ['kept.png'])
})
