import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { machineClock } from '../../common/clock.ts'
import { createLogger } from '../../common/logger.ts'
import type { SnapshotMetadata } from '../raft/messages.ts'
import { entry } from '../raft/test/build.ts'
import { type CompactionRules, Compactor, type CompactorParts, growthFor } from './compaction.ts'
import { Replica } from './replica.ts'

const NEVER = { entries: 1e9, growth: 1, bytes: 1e9, intervalMs: 1e9 }
const BEGAN = 1_000_000

/** A compactor over an empty queue, and what it was asked to take snapshots of. */
function compactor(
  rules: Partial<CompactionRules>,
  lastSize = 0,
  named: CompactorParts['named'] = async () => undefined,
) {
  const taken: number[] = []
  let applied = 0
  const configuration = { voters: [], learners: [] }
  const first = { lastIncludedIndex: 0, lastIncludedTerm: 1, configuration, checksum: 0 }
  let current: SnapshotMetadata = { ...first, size: lastSize }
  const snapshots: CompactorParts['snapshots'] = {
    get current() {
      return current
    },
    write: async (point) => {
      current = { ...point, size: lastSize, checksum: 0 }
      return current
    },
  }
  const compactor = new Compactor({
    rules: { ...NEVER, ...rules },
    replica: new Replica(),
    snapshots,
    log: createLogger({ node: '1', level: 'silent', format: 'json' }).log,
    clock: { ...machineClock, now: () => BEGAN },
    point: () => ({ lastIncludedIndex: applied, lastIncludedTerm: 1, configuration }),
    named,
    taken: ({ lastIncludedIndex }) => taken.push(lastIncludedIndex),
    fatal: (error) => {
      throw error
    },
  })
  const apply = async (count: number, after = 0) => {
    for (let i = 0; i < count; i += 1) {
      applied += 1
      compactor.applied([entry(1, applied)])
      compactor.consider(BEGAN + after)
      await compactor.stop()
    }
  }
  return { taken, apply, compactor }
}

test('L12 no snapshot is on disk before the name that the entries it covers gave the cluster', async () => {
  let tell: () => void = () => undefined
  const named = new Promise<void>((resolve) => {
    tell = resolve
  })
  const { taken, apply } = compactor({ entries: 1 }, 0, () => named)
  const applied = apply(1)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(taken, [])
  tell()
  await applied
  assert.deepEqual(taken, [1])
})

describe('S13 the log is cut by entries, by bytes, or by time', () => {
  test('S13 every so many entries, also when each takes back the one before', async () => {
    const { taken, apply } = compactor({ entries: 100 })
    await apply(350)
    assert.deepEqual(taken, [100, 200, 300])
  })

  test('S13 a large state is not written anew for few bytes of entries', async () => {
    const { length } = entry(1, 1).encoded
    const { taken, apply } = compactor({ entries: 10 }, 50 * length)
    await apply(120)
    assert.equal(taken.length, 2, 'when they are as large')
  })

  test('S13 a large state is not written by all nodes at the same entry', async () => {
    const { length } = entry(1, 1).encoded
    const points: number[] = []
    for (const id of [1, 2, 3, 4, 5]) {
      const { taken, apply } = compactor({ entries: 10, growth: growthFor(id) }, 100 * length)
      await apply(200)
      assert(taken[0] !== undefined && taken[0] >= 100, 'but each before the log is twice as large')
      points.push(taken[0])
    }
    points.sort((a, b) => a - b)
    const apart = points.slice(1).map((point, at) => point - (points[at] ?? 0))
    assert(Math.min(...apart) >= 10, `snapshots at ${points}`)
  })

  test('S13 by bytes', async () => {
    const { taken, apply } = compactor({ bytes: 10 * entry(1, 10).encoded.length })
    await apply(35)
    assert.equal(taken.length, 3)
  })

  test('S13 by time, where little is written; and never where nothing is', async () => {
    const { taken, apply, compactor: quiet } = compactor({ intervalMs: 60_000 })
    await apply(1)
    assert.deepEqual(taken, [], 'not yet')
    await apply(1, 60_000)
    assert.deepEqual(taken, [2])
    quiet.consider(BEGAN + 600_000)
    await quiet.stop()
    assert.deepEqual(taken, [2])
  })
})
