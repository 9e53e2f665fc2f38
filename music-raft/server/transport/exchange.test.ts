import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { CodedError } from '../../../common/errors.ts'
import { createLogger } from '../../../common/logger.ts'
import { startServer } from '../../../common/rpc-server.ts'
import type { ForwardedReply } from '../../../protos/types/raft/ForwardedReply.ts'
import type { ForwardedWrite__Output } from '../../../protos/types/raft/ForwardedWrite.ts'
import { eventually } from '../../../test/child.ts'
import { freePort } from '../../../test/ports.ts'
import type { AppendEntries, Request, Response } from '../../raft/messages.ts'
import { Refused } from '../requests.ts'
import { raftWording } from '../wire/wording.ts'
import { Exchanges } from './exchanges.ts'
import { Peer } from './peer.ts'
import { raftServed } from './raft-service.ts'
import { WaitingCalls } from './waiting-calls.ts'

const PATIENT_MS = 60_000

interface Other {
  /** What node 2's core makes of a message; null: it stays silent. */
  readonly core?: (message: Request) => Response | null
  readonly write?: (write: ForwardedWrite__Output) => Promise<ForwardedReply>
  readonly clusterId?: string
  /** Takes what node 2 adopts. */
  readonly adopted?: string[]
  readonly deadlineMs?: number
}

/** Node 1's way to a node 2. */
async function start(t: TestContext, other: Other) {
  const { core, write, clusterId = 'c1', adopted = [], deadlineMs = PATIENT_MS } = other
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line) }
  const { log } = createLogger({ node: '1', level: 'info', format: 'pretty', destination })
  const silent = createLogger({ node: '2', level: 'silent', format: 'json' }).log
  const port = await freePort()
  const calls = new WaitingCalls()
  const exchanges = new Exchanges()
  const served = raftServed({
    watch: async () => undefined,
    membership: {
      ...{ id: 2, clusterId: () => clusterId, isMember: () => false },
      adoptCluster: (id) => adopted.push(id),
    },
    ...{ calls, exchanges },
    receive: (message) => {
      const answer = core?.(message) ?? null
      if (answer !== null) setImmediate(() => calls.settle(answer))
    },
    position: () => ({ term: 0, lastIndex: 0 }),
    write: write ?? (async ({ callId }) => ({ callId, code: 'NOT_LEADER' })),
  })
  const server = await startServer({
    ...{ host: '127.0.0.1', port, node: '2', log: silent, wording: raftWording },
    served: [served],
  })
  const heard: Response[] = []
  let unreachable = 0
  const peer = new Peer({
    ...{ self: 1, id: 2, address: `127.0.0.1:${port}`, log, wording: raftWording, deadlineMs },
    clusterId: () => 'c1',
    openBytes: async () => null,
    answered: (message) => heard.push(message),
    unreachable: () => {
      unreachable += 1
    },
    snapshotUnavailable: () => undefined,
  })
  t.after(() => server.close(100))
  t.after(() => peer.close())
  return { peer, heard, server, exchanges, lines, unreachable: () => unreachable }
}

const heartbeat = (sequence: number): AppendEntries => ({
  ...{ type: 'AppendEntries', from: 1, to: 2, term: 3, sequence, prevLogIndex: 0, prevLogTerm: 0 },
  ...{ entries: [], leaderCommit: 0, recoveryNonce: 0, recoveryBarrier: 0 },
})

function granted(message: Request): Response {
  const { to: from, from: to, term, sequence } = message
  if (message.type === 'ReadIndex') {
    return { type: 'ReadIndexResponse', from, to, term, sequence, success: true, readIndex: 9 }
  }
  return {
    ...{ type: 'AppendEntriesResponse', from, to, term, sequence, success: true, matchIndex: 5 },
    ...{ conflictIndex: 0, conflictTerm: 0, recovering: 0 },
  }
}

test('every message of a stream is answered by its number, and logged as an RPC of its own', async (t) => {
  const { peer, heard, lines } = await start(t, { core: granted })
  peer.send(heartbeat(1))
  peer.send({ type: 'ReadIndex', from: 1, to: 2, term: 3, sequence: 2 })
  peer.send(heartbeat(3))
  await eventually('three answers', () => heard.length === 3)
  assert.deepEqual(
    heard.map(({ type, sequence }) => [type, sequence]),
    [
      ['AppendEntriesResponse', 1],
      ['ReadIndexResponse', 2],
      ['AppendEntriesResponse', 3],
    ],
  )
  const sent = lines.map((line) => line.trim().split(/ +/).slice(2).join(' '))
  assert.deepEqual(sent, [
    'Node 1 sends RPC AppendEntries to Node 2',
    'Node 1 sends RPC ReadIndex to Node 2',
    'Node 1 sends RPC AppendEntries to Node 2',
  ])
})

test('T2 L5 a peer that answers nothing is told of as unreachable, and asked anew', async (t) => {
  let silent = true
  const { peer, heard, unreachable } = await start(t, {
    core: (message) => (silent ? null : granted(message)),
    deadlineMs: 300,
  })
  peer.send(heartbeat(1))
  await eventually('it is unreachable', () => unreachable() > 0)
  silent = false
  let sequence = 1
  await eventually('it answers', () => {
    sequence += 1
    peer.send(heartbeat(sequence))
    return heard.length > 0
  })
  assert.notEqual(heard[0]?.sequence, 1)
})

test('L11 another cluster behind the address refuses, and nothing is believed', async (t) => {
  const { peer, heard, unreachable } = await start(t, { core: granted, clusterId: 'c2' })
  peer.send(heartbeat(1))
  await eventually('it is unreachable', () => unreachable() > 0)
  assert.deepEqual(heard, [])
})

test('writes of one turn are one message, and each has an answer of its own', async (t) => {
  const { peer, lines } = await start(t, {
    write: async ({ callId, data }) =>
      data.length > 1
        ? { callId, code: 'NOT_APPLIED', detail: 'too long' }
        : { callId, response: data },
  })
  const write = { method: 'AddTrack', command: 'ADD' }
  const answers = await Promise.all([
    peer.forward({ ...write, data: Buffer.from('a') }, 5000),
    peer.forward({ ...write, data: Buffer.from('bb') }, 5000),
  ])
  assert.equal(answers[0].response.toString(), 'a')
  assert.deepEqual([answers[1].code, answers[1].detail], ['NOT_APPLIED', 'too long'])
  assert.equal(lines.filter((line) => line.includes('sends RPC AddTrack to Node 2')).length, 2)
})

test('T4 L16 answers of one turn that fill more than a message are all heard', async (t) => {
  let apply: () => void = () => undefined
  const applied = new Promise<void>((resolve) => {
    apply = resolve
  })
  let begun = 0
  const { peer } = await start(t, {
    write: async ({ callId }) => {
      begun += 1
      await applied
      return { callId, response: Buffer.alloc(60_000, callId) }
    },
  })
  const write = { method: 'AddTrack', command: 'ADD', data: Buffer.from('a') }
  const answers = Promise.all(Array.from({ length: 100 }, () => peer.forward(write, 60_000)))
  answers.catch(() => undefined) // told of below
  await eventually('all writes are under way', () => begun === 100)
  apply()
  const sizes = (await answers).map(({ response }) => response.length)
  assert.deepEqual(new Set(sizes), new Set([60_000]))
})

test('L16 what was sent and not answered is unknown; what found no connection was not sent', async (t) => {
  const { peer, server, exchanges } = await start(t, { write: () => new Promise(() => undefined) })
  const write = { method: 'AddTrack', command: 'ADD', data: Buffer.from('a') }
  const unknown = (error: unknown) =>
    error instanceof CodedError && error.code === 'OUTCOME_UNKNOWN'
  await assert.rejects(peer.forward(write, 1000), unknown)
  const cut = peer.forward(write, 60_000)
  cut.catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 50))
  exchanges.stop()
  await assert.rejects(cut, unknown)
  await server.close(100)
  await assert.rejects(peer.forward(write, 60_000), Refused)
})

test('L9 L16 a node that stops answers the writes under way before it ends their streams', async (t) => {
  let apply: () => void = () => undefined
  const applied = new Promise<void>((resolve) => {
    apply = resolve
  })
  const { peer, exchanges } = await start(t, {
    write: async ({ callId, data }) => {
      await applied
      return { callId, response: data }
    },
  })
  const write = { method: 'AddTrack', command: 'ADD', data: Buffer.from('a') }
  const answer = peer.forward(write, 60_000)
  answer.catch(() => undefined) // told of below
  await eventually('the write is under way', async () => {
    let settled = false
    void exchanges.settled(60_000).then(() => {
      settled = true
    })
    await new Promise((resolve) => setTimeout(resolve, 10))
    return !settled
  })
  const settled = exchanges.settled(60_000)
  apply()
  await settled
  exchanges.stop()
  assert.equal((await answer).response.toString(), 'a')
})

test('L9 an open stream does not keep a node from stopping', async (t) => {
  const { peer, heard, server, exchanges } = await start(t, { core: granted })
  peer.send(heartbeat(1))
  await eventually('an answer', () => heard.length === 1)
  exchanges.stop()
  const closed = server.close(60_000).then(() => true)
  assert.ok(await closed)
})

test('R23 a node without a cluster joins the one that leads it, not one that asks for its vote', async (t) => {
  const adopted: string[] = []
  const { peer, heard } = await start(t, { core: granted, clusterId: '', adopted })
  peer.send({
    ...{ type: 'RequestVote', from: 1, to: 2, term: 3, sequence: 1, lastLogIndex: 9 },
    ...{ lastLogTerm: 2, preVote: false, leadershipTransfer: false },
  })
  peer.send({ type: 'ReadIndex', from: 1, to: 2, term: 3, sequence: 2 })
  await eventually('an answer', () => heard.length > 0)
  assert.deepEqual(adopted, [])
  peer.send(heartbeat(3))
  await eventually('it joins', () => adopted.length > 0)
  assert.deepEqual(adopted, ['c1'])
})
