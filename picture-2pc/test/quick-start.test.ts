import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../../test/child.ts'
import { PictureCluster } from './cluster.ts'

let cluster: PictureCluster
before(async () => {
  cluster = await PictureCluster.start()
})
after(() => cluster.stop())

/** The messages of a process's lines, without time and level. */
function messages(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^\S+ [A-Z]+ +/, ''))
}

test('D0 2PC delete, all have the picture: voted, committed, acknowledged, logged in order', async () => {
  assert.equal((await cluster.upload('demo.png', 'bytes')).status, 200)
  const { coordinator } = cluster
  // The lines of the upload, which may come a moment after its answer.
  await coordinator.line(/sends RPC GlobalCommit to Node grpc-node3/)
  const from = coordinator.lines.length
  const { status, body } = await cluster.deleteEverywhere('demo.png')
  assert.equal(status, 200)
  assert.equal(body['status'], 'COMMITTED')
  assert.deepEqual(body['details'], ['ACK', 'ACK', 'ACK'])
  assert.deepEqual(await cluster.holders('demo.png'), [])
  await coordinator.line(/sends RPC GlobalCommit to Node grpc-node3/, { from })
  assert.deepEqual(messages(coordinator.lines.slice(from, from + 7)), [
    `--- Starting 2PC Transaction ${String(body['transaction_id'])} for demo.png ---`,
    'Node http-node1 sends RPC VoteRequest to Node grpc-node1',
    'Node http-node1 sends RPC VoteRequest to Node grpc-node2',
    'Node http-node1 sends RPC VoteRequest to Node grpc-node3',
    'Node http-node1 sends RPC GlobalCommit to Node grpc-node1',
    'Node http-node1 sends RPC GlobalCommit to Node grpc-node2',
    'Node http-node1 sends RPC GlobalCommit to Node grpc-node3',
  ])
  for (const { name, lines } of cluster.participants) {
    const phases = () => messages(lines).filter((line) => line.startsWith('Phase'))
    await eventually('the lines of both transactions', () => phases().length >= 8)
    assert.deepEqual(phases().slice(-4), [
      `Phase Voting of Node ${name} received RPC VoteRequest from Phase Voting of Node http-node1`,
      `Phase Voting of Node ${name} sends RPC VoteCommit to Phase Voting of Node http-node1`,
      `Phase Decision of Node ${name} received RPC GlobalCommit from Phase Decision of Node http-node1`,
      `Phase Decision of Node ${name} sends RPC Ack to Phase Decision of Node http-node1`,
    ])
  }
})

test('D0 2PC delete, one lacks it: aborted everywhere, nothing is deleted', async () => {
  await cluster.upload('lonely.png', 'bytes', 'grpc-node2')
  const { status, body } = await cluster.deleteEverywhere('lonely.png')
  assert.equal(status, 409)
  assert.equal(body['status'], 'ABORTED')
  assert.deepEqual(body['details'], ['ACK', 'ACK', 'ACK'])
  assert.deepEqual(body['votes'], [
    { node: 'grpc-node1', vote: 'VoteAbort', reason: 'PICTURE_NOT_FOUND' },
    { node: 'grpc-node2', vote: 'VoteCommit' },
    { node: 'grpc-node3', vote: 'VoteAbort', reason: 'PICTURE_NOT_FOUND' },
  ])
  assert.deepEqual(await cluster.holders('lonely.png'), ['grpc-node2'])
  const [first] = cluster.participants
  await first?.line(/sends RPC VoteAbort to Phase Voting of Node http-node1 · PICTURE_NOT_FOUND/)
  await first?.line(/received RPC GlobalAbort from Phase Decision of Node http-node1/)
})

test('a picture comes back as it was uploaded, likes count on all nodes', async () => {
  const bytes = Buffer.from(Array.from({ length: 700_000 }, (_, index) => index % 251))
  assert.equal((await cluster.upload('liked.bin', bytes)).status, 200)
  assert.deepEqual((await cluster.like('liked.bin')).body['likes'], 1)
  assert.deepEqual((await cluster.like('liked.bin')).body['likes'], 2)
  for (const node of ['grpc-node1', 'grpc-node2', 'grpc-node3']) {
    const response = await fetch(`${cluster.url}/download/liked.bin?node=${node}`)
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), bytes)
    assert.equal(response.headers.get('content-type'), 'application/octet-stream')
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment/)
  }
  const { body } = await cluster.get('/list')
  const listed = body['liked.bin'] as { likes: number; nodes: string[] }
  assert.equal(listed.likes, 2)
  assert.deepEqual(listed.nodes, ['grpc-node1', 'grpc-node2', 'grpc-node3'])
})
