import assert from 'node:assert/strict'
import { type Child, eventually } from '../../test/child.ts'
import type { Answer, PictureCluster } from './cluster.ts'
import { agreement, arm, heal, settled } from './crash-cluster.ts'

export type Kind = 'delete' | 'upload' | 'like'
export const KINDS: readonly Kind[] = ['delete', 'upload', 'like']

/** One process dies at one point; `outcome`: what must become of the transaction, null for either. */
export interface Fault {
  readonly node: string
  readonly at: string
  readonly outcome: 'commit' | 'abort' | null
}

const COORDINATOR = 'http-node1'
const VICTIM = 'grpc-node2'

/**
 * Every point of a transaction that all vote yes on, in order, where a participant can die (D6,
 * Oracle's crash tests 2, 3, 4, 7 and 8).
 */
export const participantFaults = (node = VICTIM): readonly Fault[] => [
  { node, at: 'line received RPC VoteRequest', outcome: 'abort' },
  { node, at: 'before prepare', outcome: 'abort' },
  { node, at: 'after prepare', outcome: 'abort' },
  // The line is written as the vote is handed to the socket: it may or may not arrive.
  { node, at: 'line sends RPC VoteCommit', outcome: null },
  { node, at: 'line received RPC GlobalCommit', outcome: 'commit' },
  { node, at: 'before commit', outcome: 'commit' },
  { node, at: 'after commit', outcome: 'commit' },
  { node, at: 'line sends RPC Ack', outcome: 'commit' },
]

/** The same for the coordinator (D6, Oracle's crash tests 1, 5, 6, 9 and 10). */
export const coordinatorFaults: readonly Fault[] = [
  fault('line sends RPC VoteRequest to Node grpc-node1', 'abort'),
  fault('line sends RPC VoteRequest to Node grpc-node3', 'abort'),
  fault('before commit', 'abort'),
  fault('after commit', 'commit'),
  fault('line sends RPC GlobalCommit to Node grpc-node1', 'commit'),
  fault('line sends RPC GlobalCommit to Node grpc-node3', 'commit'),
  fault('before end', 'commit'),
  fault('after end', 'commit'),
]

function fault(at: string, outcome: Fault['outcome']): Fault {
  return { node: COORDINATOR, at, outcome }
}

/** Every pair of points of the two logs that can both be reached in one transaction. */
export function pairs(): readonly (readonly [Fault, Fault])[] {
  const one = participantFaults('grpc-node1')
  const two = participantFaults('grpc-node2')
  // Once one of them has died before its vote, the other will not see a commit.
  const both = [/prepare$/, /(before|after) commit$/].flatMap((phase) =>
    product(
      one.filter(({ at }) => phase.test(at)),
      two.filter(({ at }) => phase.test(at)),
    ),
  )
  const decided = coordinatorFaults.filter(({ at }) => /after commit|(before|after) end/.test(at))
  const late = two.filter(({ at }) => /(before|after) commit/.test(at))
  // Of an undecided transaction the participant writes the abort, once it has asked.
  const undecided = coordinatorFaults.filter(({ at }) => at === 'before commit')
  const aborts = ['before abort', 'after abort'].map(
    (at): Fault => ({ node: VICTIM, at, outcome: 'abort' }),
  )
  return [...both, ...product(decided, late), ...product(undecided, aborts)]
}

function product<A, B>(as: readonly A[], bs: readonly B[]): (readonly [A, B])[] {
  return as.flatMap((a) => bs.map((b) => [a, b] as const))
}

let count = 0

/**
 * Runs one transaction, lets the processes die at their points, restarts them, and checks: the answer
 * was true, all participants agree, nothing is in doubt, the picture is not locked.
 */
export async function survive(
  cluster: PictureCluster,
  kind: Kind,
  faults: readonly Fault[],
): Promise<void> {
  count += 1
  const filename = `${kind}-${count}.png`
  if (cluster.all.some(({ running }) => !running)) await heal(cluster) // after a test that failed
  if (kind !== 'upload') await put(cluster, filename)
  // Both are written late, with whatever is saved next: earlier ones must not be taken for these.
  if (faults.some(({ at }) => at.endsWith(' end'))) await flushEnds(cluster, `flush-${count}.png`)
  if (faults.some(({ at }) => at.endsWith(' abort'))) await put(cluster, `flush-${count}.png`)
  for (const { node, at } of faults) await arm(cluster, nodeOf(cluster, node), at)
  const answer = await runUntilOneDies(cluster, kind, filename, faults)
  await restartAsTheyDie(cluster, faults)
  await heal(cluster)
  await check(cluster, kind, filename, faults, answer)
}

/** Not what is tested: on a busy machine a vote may come late, and an Ack after the answer. */
async function put(cluster: PictureCluster, filename: string): Promise<void> {
  await eventually(
    `${filename} is stored`,
    async () => (await cluster.upload(filename, `bytes of ${filename}`)).status === 200,
  )
  await settled(cluster)
}

/** A vote that came late aborts the transaction before it reaches the point: it is repeated. */
async function runUntilOneDies(
  cluster: PictureCluster,
  kind: Kind,
  filename: string,
  faults: readonly Fault[],
): Promise<Answer | null> {
  for (let attempt = 1; ; attempt++) {
    const answer = await run(cluster, kind, filename).catch(() => null)
    const alive = faults.every(({ node }) => nodeOf(cluster, node).running)
    if (!alive || attempt === 5 || answer?.status !== 409) return answer
  }
}

/** Waits until every `end` so far is on disk. */
async function flushEnds(cluster: PictureCluster, filename: string): Promise<void> {
  await put(cluster, filename)
  const { lines } = cluster.coordinator
  const last = (type: RegExp) =>
    lines.findLastIndex((line) => /^saved /.test(line) && type.test(line))
  await eventually('every end is on disk', () => last(/ end/) > last(/ commit/))
}

/** The second point may be reached only after the first process is back. */
async function restartAsTheyDie(cluster: PictureCluster, faults: readonly Fault[]): Promise<void> {
  const waiting = new Set(faults.map(({ node }) => nodeOf(cluster, node)))
  while (waiting.size > 0) {
    const names = [...waiting].map(({ name }) => name).join(' or ')
    await eventually(`${names} dies`, () => [...waiting].some(({ running }) => !running))
    for (const child of waiting) {
      if (child.running) continue
      waiting.delete(child)
      child.start()
    }
  }
}

async function check(
  cluster: PictureCluster,
  kind: Kind,
  filename: string,
  faults: readonly Fault[],
  answer: Answer | null,
): Promise<void> {
  const held = (await agreement(cluster)).get(filename)
  const committed =
    kind === 'delete'
      ? held === undefined
      : kind === 'upload'
        ? held !== undefined
        : held?.likes === 1
  const told = answer === null ? null : answer.body['status']
  if (told !== null) {
    assert.equal(told, committed ? 'COMMITTED' : 'ABORTED', 'the answer was not true')
    assert.equal(answer?.status, committed ? 200 : 409)
  }
  for (const { outcome } of faults) {
    if (outcome === 'commit') assert.ok(committed, 'the commit was on disk')
    if (outcome === 'abort') assert.ok(!committed, 'no commit was on disk')
  }
  const later = await cluster.deleteEverywhere(filename)
  assert.equal(later.status, held === undefined ? 409 : 200, JSON.stringify(later.body))
  if (held === undefined) {
    const votes = later.body['votes'] as { reason?: string }[]
    assert.deepEqual(new Set(votes.map(({ reason }) => reason)), new Set(['PICTURE_NOT_FOUND']))
  }
}

function run(cluster: PictureCluster, kind: Kind, filename: string): Promise<Answer> {
  if (kind === 'delete') return cluster.deleteEverywhere(filename)
  return kind === 'like' ? cluster.like(filename) : cluster.upload(filename, `bytes of ${filename}`)
}

function nodeOf(cluster: PictureCluster, name: string): Child {
  return name === COORDINATOR ? cluster.coordinator : cluster.participant(name)
}
