import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { status as grpc } from '@grpc/grpc-js'
import { crc32c } from '@node-rs/crc32'
import { loadService } from '../../common/rpc.ts'
import type { RaftServiceDefinition } from '../../protos/types/raft/RaftService.ts'
import { CALM, type Node, RaftCluster } from './cluster.ts'
import { rawCall, rawStream } from './raw-call.ts'

// The contract, not the node's own codecs: an outsider has written its own.
const { definition } = loadService<RaftServiceDefinition>('raft.proto', 'raft.RaftService')
const OUTSIDER = 9

/** What an outsider may say of itself and of the time. */
interface Says {
  readonly clusterId: string
  readonly from: number
  readonly to: number
  readonly term: number
}

/** All it can call, as bytes; `streamed`: on a stream. */
function messages({ clusterId, from, to, term }: Says) {
  const envelope = { clusterId, from, to, sequence: 1 }
  const data = Buffer.from('x')
  const { RequestVote, AppendEntries, TimeoutNow, ReadIndex, InstallSnapshot, Exchange } =
    definition
  const vote = { term, candidateId: from, lastLogIndex: 2 ** 40, lastLogTerm: term, envelope }
  const entries = [{ term, index: 1, command: 'PLAY', data }]
  const append = { term, leaderId: from, entries, leaderCommit: 2 ** 40, envelope }
  const voter = { id: from, address: '127.0.0.1:9' }
  const place = { lastIncludedIndex: 2 ** 40, lastIncludedTerm: term, size: 1, checksum: 0 }
  const snapshot = { ...place, configuration: { voters: [voter], learners: [] } }
  const chunk = {
    term,
    envelope,
    snapshot,
    offset: 0,
    data,
    done: true,
    chunkChecksum: crc32c(data),
  }
  return {
    unary: [
      [RequestVote.path, RequestVote.requestSerialize(vote)],
      [RequestVote.path, RequestVote.requestSerialize({ ...vote, preVote: true })],
      [AppendEntries.path, AppendEntries.requestSerialize(append)],
      [TimeoutNow.path, TimeoutNow.requestSerialize({ term, envelope })],
      [ReadIndex.path, ReadIndex.requestSerialize({ term, envelope })],
    ],
    streamed: [
      [InstallSnapshot.path, InstallSnapshot.requestSerialize(chunk)],
      [Exchange.path, Exchange.requestSerialize({ appendEntries: append })],
      [Exchange.path, Exchange.requestSerialize({ readIndex: { term, envelope } })],
    ],
  } as const
}

/** Says all of it at once; resolves with the status of each call when all have one. */
async function say(node: Node, says: Says): Promise<grpc[]> {
  const { unary, streamed } = messages({ ...says })
  const called = unary.map(([path, bytes]) =>
    rawCall(node.peerAddress, path, bytes, { deadlineMs: 800 }).then(
      () => grpc.OK,
      (error: { code: grpc }) => error.code,
    ),
  )
  const opened = streamed.map(async ([path, bytes]) => {
    return (await rawStream(node.peerAddress, path, bytes)).status
  })
  return Promise.all([...called, ...opened])
}

describe('a caller on the peer port that is no member', { timeout: 300_000 }, () => {
  let cluster: RaftCluster
  let leader: Node
  let clusterId: string
  let found: { term: number; commitIndex: number }
  before(async () => {
    cluster = await RaftCluster.start({ size: 3, env: CALM })
    leader = await cluster.leader()
    await leader.add('before')
    await cluster.agree()
    found = await leader.status()
    clusterId = (await leader.status()).clusterId
    assert.notEqual(clusterId, '')
  })
  after(() => cluster.stop())

  /** To every node, then: same term, same leader, nobody campaigned, the log is the same. */
  async function undisturbed(says: (node: Node) => Says, expected: readonly grpc[]): Promise<void> {
    const from = cluster.nodes.map(({ child }) => child.lines.length)
    const answers = await Promise.all(cluster.nodes.map((node) => say(node, says(node))))
    for (const status of answers.flat()) assert(expected.includes(status), grpc[status])
    await sleep(300) // for an election that must not come
    for (const [i, node] of cluster.nodes.entries()) {
      const { term, leaderId, commitIndex } = await node.status()
      assert.deepEqual([term, leaderId], [found.term, leader.id])
      assert.equal(commitIndex, found.commitIndex)
      const lines = node.child.lines.slice(from[i])
      assert.equal(
        lines.find((line) => /Transition|would win|drops log|installs/.test(line)),
        undefined,
      )
    }
  }

  test('an absurd term in the right cluster: taken up by nobody', async () => {
    const terms = [2 ** 40, Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 62]
    // Left unanswered, answered with the own term, or no number at all.
    const expected = [grpc.DEADLINE_EXCEEDED, grpc.OK, grpc.INVALID_ARGUMENT]
    const all = terms.map((term) =>
      undisturbed(({ id: to }) => ({ clusterId, from: OUTSIDER, to, term }), expected),
    )
    await Promise.all(all)
  })

  test('stale terms, 0 and 1, in the right cluster: refused with the term that is', async () => {
    for (const term of [0, 1]) {
      await undisturbed(
        ({ id: to }) => ({ clusterId, from: OUTSIDER, to, term }),
        [grpc.DEADLINE_EXCEEDED, grpc.OK, grpc.INVALID_ARGUMENT],
      )
    }
  })

  test('a name of a node that it is not: refused by all', () =>
    undisturbed(
      ({ id: to }) => ({ clusterId, from: to, to, term: found.term + 1 }),
      [grpc.FAILED_PRECONDITION],
    ))

  test('for a node that is another: refused by all', () =>
    undisturbed(
      ({ id }) => ({ clusterId, from: OUTSIDER, to: id + 1, term: found.term + 1 }),
      [grpc.FAILED_PRECONDITION],
    ))

  test('of another cluster, also under the name of a member: refused by all', async () => {
    const another = '00000000-0000-4000-8000-000000000000'
    for (const from of [OUTSIDER, (leader.id % 3) + 1]) {
      await undisturbed(
        ({ id: to }) => ({ clusterId: another, from, to, term: found.term + 1 }),
        [grpc.FAILED_PRECONDITION],
      )
    }
  })

  test('votes in the next term, asked of nodes that hear their leader: none, and no new term', async () => {
    const { RequestVote } = definition
    for (const { id: to, peerAddress } of cluster.nodes) {
      const envelope = { clusterId, from: OUTSIDER, to, sequence: 7 }
      const ask = { term: found.term + 1, candidateId: OUTSIDER, lastLogIndex: 2 ** 40 }
      const bytes = RequestVote.requestSerialize({ ...ask, lastLogTerm: found.term, envelope })
      const answer = RequestVote.responseDeserialize(
        await rawCall(peerAddress, RequestVote.path, bytes),
      )
      assert.deepEqual([answer.voteGranted, Number(answer.term)], [false, found.term])
    }
    assert.equal((await leader.status()).term, found.term)
  })

  test('a write under way to the leader writes what its method says and nothing else', async () => {
    const { Exchange } = definition
    const envelope = { clusterId, from: OUTSIDER, to: leader.id, sequence: 0 }
    const written = async (method: string, command: string) => {
      const writes = [{ callId: 1, method, command, data: Buffer.from('x') }]
      const bytes = Exchange.requestSerialize({ writes, envelope })
      const { answers } = await rawStream(leader.peerAddress, Exchange.path, bytes)
      return answers.flatMap((each) => Exchange.responseDeserialize(each).writes)
    }
    for (const [method, command] of [
      ['AddTrack', 'CONFIG'],
      ['AddTrack', 'CLUSTER'],
      ['AddTrack', 'PLAY'],
      ['Status', 'ADD'],
      ['constructor', 'ADD'],
    ] as const) {
      const [answer] = await written(method, command)
      assert.equal(answer?.code, 'INVALID_ARGUMENT', `${method} ${command}`)
    }
    assert.equal((await leader.status()).commitIndex, found.commitIndex)
  })

  test('and the cluster serves as before', async () => {
    for (const node of cluster.nodes) {
      assert.equal((await node.add(`after-${node.id}`)).code, 'APPLIED')
    }
    await cluster.agree()
    assert.equal((await leader.status()).term, found.term)
    assert.equal((await leader.ids()).length, 4)
  })
})
