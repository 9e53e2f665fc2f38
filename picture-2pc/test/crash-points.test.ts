import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { PictureCluster } from './cluster.ts'
import {
  agreement,
  assertNoStrayFiles,
  heal,
  shippedOver,
  startCrashCluster,
} from './crash-cluster.ts'
import {
  coordinatorFaults,
  type Fault,
  KINDS,
  type Kind,
  pairs,
  participantFaults,
  survive,
} from './crash-points.ts'

/** `CRASH_POINTS=all`: also between the saves, and pairs, for every kind of transaction. */
const ALL = process.env['CRASH_POINTS'] === 'all'

interface Case {
  readonly ids: string
  readonly kind: Kind
  readonly faults: readonly Fault[]
}

const singles = KINDS.flatMap((kind): readonly Case[] => {
  const chosen = ({ at }: Fault) => ALL || kind === 'delete' || !at.startsWith('line')
  return [
    ...participantFaults()
      .filter(chosen)
      .map((fault) => ({ ids: 'O16 P4 D6', kind, faults: [fault] })),
    ...coordinatorFaults
      .filter(chosen)
      .map((fault) => ({ ids: 'O17 P5 D6', kind, faults: [fault] })),
  ]
})
const paired = (ALL ? KINDS : (['delete'] as const)).flatMap((kind) =>
  pairs().map((faults): Case => ({ ids: 'D6', kind, faults })),
)

// Most of the time is spent waiting for processes to come back: the lanes share it.
describe('a process dies between any two steps', { concurrency: 3 }, () => {
  lane(
    'one dies, deletes',
    singles.filter(({ kind }) => kind === 'delete'),
  )
  lane(
    'one dies',
    singles.filter(({ kind }) => kind !== 'delete'),
  )
  lane('two die', paired)
})

/** One cluster and the crashes it has to survive, one after the other. */
function lane(name: string, cases: readonly Case[]): void {
  describe(name, { concurrency: 1 }, () => {
    let cluster: PictureCluster
    before(async () => {
      cluster = await startCrashCluster()
    })
    after(() => cluster.stop())

    test(`${name}: the records are the ones the crash points name`, () => recordsOf(cluster))
    for (const { ids, kind, faults } of cases) {
      const what = faults.map(({ node, at }) => `${node} dies at "${at}"`).join(', ')
      test(`${ids} ${kind}: ${what}`, () => survive(cluster, kind, faults))
    }
    test(`P19 ${name}: the shipped processes read what is left, no file belongs to nothing`, () =>
      takeOver(cluster))
  })
}

async function recordsOf(cluster: PictureCluster): Promise<void> {
  assert.equal((await cluster.upload('seen.png', 'bytes')).status, 200)
  await cluster.coordinator.line(/^saved end/)
  const saves = cluster.all.map(({ lines }) => lines.filter((line) => line.startsWith('saved')))
  const participant = ['saved prepare', 'saved commit']
  assert.deepEqual(saves, [participant, participant, participant, ['saved commit', 'saved end']])
}

async function takeOver(cluster: PictureCluster): Promise<void> {
  await heal(cluster)
  const before = await agreement(cluster)
  assert.ok(before.has('seen.png'))
  await Promise.all(cluster.all.map((child) => child.end('SIGKILL')))
  const shipped = shippedOver(cluster)
  try {
    for (const child of shipped) child.start()
    await cluster.ready()
    assert.deepEqual([...(await agreement(cluster))], [...before])
    await assertNoStrayFiles(cluster)
  } finally {
    await Promise.all(shipped.filter(({ running }) => running).map((child) => child.end('SIGKILL')))
  }
}
