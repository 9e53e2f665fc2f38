import assert from 'node:assert/strict'
import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Child, eventually } from '../../test/child.ts'
import { freePorts } from '../../test/ports.ts'
import type { PictureCluster } from './cluster.ts'
import {
  addressOf,
  agreement,
  arm,
  dead,
  decisionClient,
  heal,
  pictureClient,
  refusal,
  settled,
  startCrashCluster,
} from './crash-cluster.ts'

/** A coordinator that dies with all votes in and nothing decided: every participant is in doubt. */
async function dieUndecided(cluster: PictureCluster, filename: string): Promise<void> {
  assert.equal((await cluster.upload(filename, 'bytes')).status, 200)
  await arm(cluster, cluster.coordinator, 'before commit')
  await assert.rejects(cluster.deleteEverywhere(filename))
  await dead(cluster.coordinator)
}

const IN_DOUBT = /In doubt about \S+: \S+ stays locked, asking again/

async function identityOf(cluster: PictureCluster, folder: string) {
  const text = await readFile(join(cluster.folder, folder, 'identity.json'), 'utf8')
  return JSON.parse(text) as { disk: string; epochs: number[] }
}

function secondCoordinator(
  cluster: PictureCluster,
  participants: string,
  port: number,
  grpcPort: number,
  folder: string,
): Child {
  return new Child('http-node1', 'picture-2pc/coordinator/main.js', {
    NODE_NAME: 'http-node1',
    HOST: '127.0.0.1',
    PORT: String(port),
    GRPC_PORT: String(grpcPort),
    PARTICIPANTS: participants,
    DATA_DIR: join(cluster.folder, folder),
  })
}

// They wait more than they work.
describe('real processes recover', { concurrency: 3 }, () => {
  test('O18 P3 P14 P16 all prepared, the coordinator is gone: locked, asking, then aborted', async () => {
    await using cluster = await startCrashCluster()
    await dieUndecided(cluster, 'doubt.png')
    for (const child of cluster.participants) {
      const client = pictureClient(cluster, child.name)
      const call = { filename: 'doubt.png' }
      assert.equal(
        await refusal(client.unary('Like', call, { deadlineMs: 2000 })),
        'PICTURE_LOCKED',
      )
      assert.equal(
        await refusal(client.unary('Delete', call, { deadlineMs: 2000 })),
        'PICTURE_LOCKED',
      )
      const { inDoubt, inDoubtTotal } = await client.unary('Status', {}, { deadlineMs: 2000 })
      assert.equal(inDoubtTotal, 1)
      assert.equal(inDoubt[0]?.filename, 'doubt.png')
      client.close()
    }
    // A restart forgets nothing: it is in doubt as before, and asks again and again.
    const [first] = cluster.participants
    assert.ok(first !== undefined)
    await first.end('SIGKILL')
    first.start()
    await first.line(/serves on port \d+: 1 pictures, 1 transactions in doubt/)
    for (const child of cluster.participants) {
      await child.line(IN_DOUBT)
      await child.line(IN_DOUBT, { from: child.lines.findIndex((line) => IN_DOUBT.test(line)) + 1 })
    }
    cluster.coordinator.start()
    await cluster.ready()
    await settled(cluster)
    for (const child of cluster.participants) {
      await child.line(/In doubt no more: \S+ is aborted, says Node (http-node1|grpc-node\d)/)
    }
    assert.deepEqual([...(await agreement(cluster)).keys()], ['doubt.png'])
    assert.equal((await cluster.deleteEverywhere('doubt.png')).status, 200)
  })

  test('O18 the commit was on disk, GlobalCommit was not sent: in doubt until the restart', async () => {
    await using cluster = await startCrashCluster()
    assert.equal((await cluster.upload('kept.png', 'bytes')).status, 200)
    await arm(cluster, cluster.coordinator, 'after commit')
    await assert.rejects(cluster.like('kept.png'))
    await dead(cluster.coordinator)
    const clients = cluster.participants.map(({ name }) => pictureClient(cluster, name))
    for (const client of clients) {
      const { inDoubtTotal } = await client.unary('Status', {}, { deadlineMs: 2000 })
      assert.equal(inDoubtTotal, 1)
      client.close()
    }
    await heal(cluster)
    assert.equal((await agreement(cluster)).get('kept.png')?.likes, 1)
  })

  test('P16 one never voted: it frees the others, though the coordinator stays away', async () => {
    await using cluster = await startCrashCluster({ env: { VOTE_TIMEOUT_MS: '60000' } })
    assert.equal((await cluster.upload('freed.png', 'bytes')).status, 200)
    const [one, two, three] = cluster.participants
    assert.ok(one !== undefined && two !== undefined && three !== undefined)
    three.signal('SIGSTOP') // before the request reaches it
    const voted = [one, two].map((child) =>
      child.line(/sends RPC VoteCommit/, { from: child.lines.length }),
    )
    const answer = assert.rejects(cluster.deleteEverywhere('freed.png'))
    await Promise.all(voted)
    await cluster.coordinator.end('SIGKILL')
    await three.end('SIGKILL')
    await answer
    await Promise.all([one, two].map((child) => child.line(IN_DOUBT)))
    three.start()
    for (const child of [one, two]) {
      await child.line(/In doubt no more: \S+ is aborted, says Node grpc-node\d/)
      const client = pictureClient(cluster, child.name)
      const like = client.unary('Like', { filename: 'freed.png' }, { deadlineMs: 2000 })
      assert.equal((await like).likes, 1)
      client.close()
    }
    await heal(cluster)
    assert.equal((await cluster.deleteEverywhere('freed.png')).status, 200)
  })

  test('P2 a coordinator that lost its disk presumes nothing for the old one', async () => {
    await using cluster = await startCrashCluster()
    await dieUndecided(cluster, 'old.png')
    await rm(join(cluster.folder, 'http-node1'), { recursive: true })
    const from = cluster.participants.map(({ lines }) => lines.length)
    cluster.coordinator.start()
    await cluster.ready()
    for (const [index, child] of cluster.participants.entries()) {
      await cluster.coordinator.line(
        new RegExp(`sends RPC DecisionReply UNKNOWN to Phase Decision of Node ${child.name}`),
      )
      await child.line(IN_DOUBT, { from: from[index] ?? 0 })
    }
    assert.equal(await cluster.inDoubt(), 3)
    const { body } = await cluster.get('/participants')
    const [first] = body['participants'] as {
      in_doubt: { filename: string; operation: string }[]
    }[]
    assert.equal(first?.in_doubt[0]?.filename, 'old.png')
    assert.equal(first?.in_doubt[0]?.operation, 'delete')
    // The picture stays locked; all others are served by the new disk.
    const votes = (await cluster.like('old.png')).body['votes'] as { reason?: string }[]
    assert.deepEqual(
      votes.map(({ reason }) => reason),
      Array(3).fill('PICTURE_LOCKED'),
    )
    assert.equal((await cluster.upload('new.png', 'bytes')).status, 200)
    assert.equal((await cluster.deleteEverywhere('new.png')).status, 200)
  })

  test('P12 a data directory in use refuses a second process, and the first goes on', async () => {
    await using cluster = await startCrashCluster()
    const [httpPort = 0, grpcPort = 0] = await freePorts(2)
    const peers = cluster.participants
      .map(({ name }) => `${name}=${addressOf(cluster, name)}`)
      .join()
    const second = secondCoordinator(cluster, peers, httpPort, grpcPort, 'http-node1')
    second.start()
    assert.deepEqual(await second.exit, { code: 1, signal: null })
    assert.match(
      second.lines.join('\n'),
      /http-node1 is in use by http-node1 \(process \d+\); stop it/,
    )
    const twin = new Child('grpc-node1', 'picture-2pc/participant/main.js', {
      NODE_NAME: 'grpc-node1',
      PORT: String(grpcPort),
      COORDINATORS: 'http-node1=127.0.0.1:1',
      PEERS: peers,
      DATA_DIR: join(cluster.folder, 'grpc-node1'),
    })
    twin.start()
    assert.deepEqual(await twin.exit, { code: 1, signal: null })
    assert.match(twin.lines.join('\n'), /grpc-node1 is in use by grpc-node1/)
    assert.equal((await cluster.upload('a.png', 'bytes')).status, 200)
  })

  test('P12 of two copies of one coordinator the earlier start is fenced, and none forks', async () => {
    await using cluster = await startCrashCluster()
    const { coordinator } = cluster
    assert.equal((await cluster.upload('a.png', 'bytes')).status, 200)
    await coordinator.end()
    await cp(join(cluster.folder, 'http-node1'), join(cluster.folder, 'copy'), { recursive: true })
    coordinator.start()
    await cluster.ready()
    const [httpPort = 0, grpcPort = 0] = await freePorts(2)
    const peers = cluster.participants
      .map(({ name }) => `${name}=${addressOf(cluster, name)}`)
      .join()
    const copy = secondCoordinator(cluster, peers, httpPort, grpcPort, 'copy')
    copy.start()
    try {
      const url = `http://127.0.0.1:${httpPort}`
      await eventually('the copy is ready', () =>
        fetch(`${url}/readyz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      )
      // A transaction of the first is in doubt everywhere; the copy must not presume it aborted.
      await arm(cluster, coordinator, 'after commit')
      await assert.rejects(cluster.like('a.png'))
      await dead(coordinator)
      const [name = ''] = cluster.participants.map((child) => child.name)
      const client = pictureClient(cluster, name)
      const { inDoubt } = await client.unary('Status', {}, { deadlineMs: 2000 })
      client.close()
      const transactionId = inDoubt[0]?.transactionId ?? ''
      const asked = decisionClient(`127.0.0.1:${grpcPort}`)
      const { disk, epochs } = await identityOf(cluster, 'http-node1')
      const reply = await asked.unary(
        'DecisionRequest',
        {
          ...{ transactionId, nodeId: name, coordinatorId: 'http-node1', coordinatorDisk: disk },
          ...{ epoch: epochs.at(-1) ?? 0, number: 1, participants: [name] },
        },
        { deadlineMs: 2000 },
      )
      asked.close()
      assert.equal(reply.decision, 'UNKNOWN')
      // The first comes back as the latest start, delivers its commit, and the copy is fenced off.
      coordinator.start()
      await cluster.ready()
      await settled(cluster)
      assert.equal((await agreement(cluster)).get('a.png')?.likes, 1)
      assert.equal((await cluster.like('a.png')).status, 200)
      const refused = await fetch(`${url}/delete-2pc/a.png`, { method: 'DELETE' })
      assert.equal(refused.status, 409)
      const { votes } = (await refused.json()) as { votes: { reason: string }[] }
      assert.deepEqual(
        votes.map(({ reason }) => reason),
        Array(3).fill('COORDINATOR_FENCED'),
      )
      assert.equal((await cluster.deleteEverywhere('a.png')).status, 200)
    } finally {
      await copy.end('SIGKILL')
    }
  })
})
