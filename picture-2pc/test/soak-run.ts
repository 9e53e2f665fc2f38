import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import { agreement, assertNoStrayFiles, heal, startCrashCluster } from './crash-cluster.ts'
import { readHistory } from './crash-history.ts'
import { assertAnswersTrue, assertSameOrder, committedIn, stateOf } from './soak-checks.ts'
import { type Attempt, client } from './soak-clients.ts'
import { strike } from './soak-faults.ts'
import { Random } from './soak-random.ts'

const PICTURES = Array.from({ length: 20 }, (_, index) => `picture-${index}.png`)
const CLIENTS = 8

/** What happened in a run. */
export interface Figures {
  readonly seed: number
  readonly rounds: number
  readonly kill: number
  readonly pause: number
  readonly restart: number
  readonly acknowledged: number
  readonly refused: number
  readonly unknown: number
  /** Transactions on the disks of all participants. */
  readonly committed: number
}

/**
 * Clients change pictures while processes are killed, paused and restarted; then everything is healed
 * and checked: nothing is in doubt, all participants agree on names, likes and bytes, each answer
 * given was true, and a later delete of each picture decides. Rejects on the first contradiction.
 */
export async function soak(
  seed: number,
  { rounds, roundMs }: { readonly rounds: number; readonly roundMs: number },
): Promise<Figures> {
  const random = new Random(seed)
  const attempts: Attempt[] = []
  const total = { kill: 0, pause: 0, restart: 0 }
  let committed = 0
  await using cluster = await startCrashCluster({
    env: { LOG_LEVEL: 'warn', VOTE_TIMEOUT_MS: '1000' },
  })
  for (let round = 0; round < rounds; round++) {
    const chaos = new AbortController()
    const work = Array.from({ length: CLIENTS }, () =>
      client(cluster, PICTURES, new Random(random.next() * 2 ** 32), chaos.signal),
    )
    const faults = strike(cluster.all, new Random(random.next() * 2 ** 32), chaos.signal)
    await sleep(roundMs)
    chaos.abort()
    for (const kind of ['kill', 'pause', 'restart'] as const) total[kind] += (await faults)[kind]
    attempts.push(...(await Promise.all(work)).flat())
    await heal(cluster, 30_000)
    const held = await agreement(cluster)
    // The logs are read while nobody writes them; the restart also sweeps what belongs to nothing.
    await Promise.all(
      cluster.participants.map((child) => child.end(random.pick(['SIGKILL', 'SIGTERM']))),
    )
    const logs = await Promise.all(
      cluster.participants.map(({ name }) =>
        readHistory<ParticipantRecord>(join(cluster.folder, name)).then(committedIn),
      ),
    )
    const order = assertSameOrder(logs)
    assertAnswersTrue(order, attempts)
    assert.deepEqual([...stateOf(order)], [...held], 'pictures are not what was committed')
    committed = [...order.values()].reduce((sum, list) => sum + list.length, 0)
    await heal(cluster)
    await assertNoStrayFiles(cluster)
  }
  await deleteEach()
  const count = (outcome: Attempt['outcome']) =>
    attempts.filter((attempt) => attempt.outcome === outcome).length
  return {
    ...{ seed, rounds, ...total, committed },
    acknowledged: count('acknowledged'),
    refused: count('refused'),
    unknown: count('unknown'),
  }

  async function deleteEach(): Promise<void> {
    const held = await agreement(cluster)
    for (const filename of PICTURES) {
      const { status, body } = await cluster.deleteEverywhere(filename)
      assert.equal(status, held.has(filename) ? 200 : 409, `${filename}: ${JSON.stringify(body)}`)
    }
    assert.equal((await agreement(cluster)).size, 0)
  }
}

/** Fails when a run did nothing that could have gone wrong. */
export function assertWorked(figures: Figures): void {
  const { kill, pause, acknowledged, committed } = figures
  assert.ok(kill >= 2 && pause >= 1, 'hardly any fault struck')
  assert.ok(acknowledged >= 20 && committed >= acknowledged, 'hardly anything was committed')
}
