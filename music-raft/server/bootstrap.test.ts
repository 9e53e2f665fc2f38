import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../common/clock.ts'
import { createLogger } from '../../common/logger.ts'
import { clusterBegun } from './bootstrap.ts'

type Position = { readonly clusterId: string; readonly lastIndex: number } | null

const voters = [1, 2, 3, 4, 5].map((id) => ({ id, address: `node${id}:1` }))
const empty = { clusterId: '', lastIndex: 0 }
/** Waits for nothing, but lets others run. */
const clock: Clock = {
  now: () => 0,
  after: (_ms, run) => {
    const soon = setImmediate(run)
    return () => clearImmediate(soon)
  },
  every: () => () => undefined,
  soon: (run) => void setImmediate(run),
}

/** What a node 1 with an empty disk concludes, as the answers of nodes 2 to 5 change by the round. */
async function concludes(...rounds: Position[][]): Promise<{ clusterId: string; log: string }> {
  let log = ''
  const destination = { write: (line: string) => (log += line) }
  const logger = createLogger({ node: '1', level: 'info', format: 'pretty', destination })
  let asked = 0
  const position = async (id: number) => {
    const round = rounds[Math.min(Math.floor(asked / 4), rounds.length - 1)]
    asked += 1
    return round?.[id - 2] ?? null
  }
  const { signal } = new AbortController()
  return { clusterId: await clusterBegun(1, voters, { position }, clock, logger.log, signal), log }
}

test('R24 one that belongs to a cluster is enough', async () => {
  const found = await concludes([empty, empty, empty, { clusterId: 'a', lastIndex: 9 }])
  assert.equal(found.clusterId, 'a')
})

test('R24 a majority of empty disks begins a cluster; fewer wait', async () => {
  const found = await concludes([empty, null, null, null], [empty, null, empty, null])
  assert.equal(found.clusterId, '')
  assert.match(found.log, /2 of 5 heard/)
})

test('R23 of two clusters neither is adopted, until there is one', async () => {
  const [old, recovered] = ['old', 'new'].map((clusterId) => ({ clusterId, lastIndex: 9 }))
  const both = [old ?? null, empty, null, recovered ?? null]
  const found = await concludes(both, both, [null, empty, null, recovered ?? null])
  assert.equal(found.clusterId, 'new')
  assert.match(found.log, /hears of several clusters, old and new: stop the nodes of all but one/)
})
