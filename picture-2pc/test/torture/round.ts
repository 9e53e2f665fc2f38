import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../../test/child.ts'
import type { CoordinatorRecord } from '../../protocol/coordinator-io.ts'
import type { ParticipantRecord } from '../../protocol/participant-records.ts'
import { agreement, holdings } from '../crash-cluster.ts'
import { readHistory } from '../crash-history.ts'
import { Random } from '../simulation/random.ts'
import {
  assertAnswersTrue,
  assertDecided,
  assertSameOrder,
  committedIn,
  stateOf,
} from './checks.ts'
import { type Attempt, client } from './clients.ts'
import { type FaultCounts, Faults } from './faults.ts'
import { TortureNodes } from './nodes.ts'

const NAMES = Array.from({ length: 19 }, (_, index) => `picture-${index}.png`)
const PICTURES = ['picture-19.png', ...NAMES] as const
const CLIENTS = 8

/** What happened in a round. */
export interface RoundFigures {
  readonly faults: FaultCounts
  /** Each process had a disk that can be filled; false where none can be mounted. */
  readonly smallDisks: boolean
  readonly attempts: readonly Attempt[]
  /** Transactions that all participants committed. */
  readonly committed: number
  /** Milliseconds between two acknowledgements, at most, while faults struck. */
  readonly longestUnavailableMs: number
}

/**
 * Fresh nodes; clients change pictures and record what they are told, while processes are killed,
 * stopped, cut off and starved of disk, until `over`. Then everything is healed and checked: nothing is
 * in doubt, all participants agree on names, likes and bytes, their logs hold the same transactions in
 * one order and the coordinator's log each of their commits, every answer given was true, and a later
 * delete of each picture decides. Rejects at the first contradiction.
 */
export async function tortureRound(
  seed: number,
  over: () => boolean,
  record: (attempt: Attempt) => void = () => undefined,
): Promise<RoundFigures> {
  await using nodes = await TortureNodes.start()
  const attempts: Attempt[] = []
  const chaos = new AbortController()
  const began = performance.now()
  const work = Array.from({ length: CLIENTS }, (_, index) =>
    client(
      nodes.cluster,
      PICTURES,
      new Random(seed, `client ${index}`),
      chaos.signal,
      (attempt) => {
        attempts.push(attempt)
        record(attempt)
      },
    ),
  )
  const faults = new Faults(nodes, new Random(seed, 'faults'))
  const striking = faults.strikeUntil(chaos.signal)
  while (!over()) await sleep(100)
  const ended = performance.now()
  chaos.abort()
  await striking
  await Promise.all(work)
  await nodes.heal()
  const committed = await check(nodes, attempts, new Random(seed, 'ends'))
  faults.assertNobodyGaveUp()
  const gap = longestGap(attempts, began, ended)
  return {
    ...{ faults: faults.counts, smallDisks: nodes.disks.size > 0 },
    ...{ attempts, committed, longestUnavailableMs: gap },
  }
}

async function check(
  nodes: TortureNodes,
  attempts: readonly Attempt[],
  random: Random,
): Promise<number> {
  const { cluster } = nodes
  const held = await agreement(cluster)
  // The logs are read while nobody writes them; the restart also sweeps what belongs to nothing.
  await Promise.all(
    nodes.all.map((child) => child.end(random.pick(['SIGKILL', 'SIGTERM'] as const))),
  )
  const history = <R>(name: string) => readHistory<R>(nodes.dataOf(name), nodes.historyOf(name))
  const logs = await Promise.all(
    cluster.participants.map(({ name }) => history<ParticipantRecord>(name).then(committedIn)),
  )
  const order = assertSameOrder(logs)
  assertDecided(await history<CoordinatorRecord>(cluster.coordinator.name), order)
  assertAnswersTrue(order, attempts)
  assert.deepEqual([...stateOf(order)], [...held], 'pictures are not what was committed')
  await nodes.heal()
  for (const { name } of cluster.participants) {
    const { size } = await holdings(cluster, name)
    // Files go behind the decisions that make them useless.
    await eventually(`${name} has a file for each of ${size} pictures and no other`, async () => {
      return (await readdir(join(nodes.dataOf(name), 'pictures'))).length === size
    })
  }
  for (const filename of PICTURES) {
    const { status, body } = await cluster.deleteEverywhere(filename)
    assert.equal(status, held.has(filename) ? 200 : 409, `${filename}: ${JSON.stringify(body)}`)
  }
  assert.equal((await agreement(cluster)).size, 0)
  return [...order.values()].reduce((sum, list) => sum + list.length, 0)
}

function longestGap(attempts: readonly Attempt[], began: number, ended: number): number {
  const times = attempts
    .filter((attempt) => attempt.outcome === 'acknowledged' && attempt.ended < ended)
    .map((attempt) => attempt.ended)
    .sort((a, b) => a - b)
  const marks = [began, ...times, ended]
  return Math.round(Math.max(...marks.slice(1).map((time, index) => time - (marks[index] ?? 0))))
}
