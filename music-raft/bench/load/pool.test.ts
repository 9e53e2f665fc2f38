import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js'
import { latencies } from './histogram.ts'
import type { LoadReport } from './messages.ts'
import { figuresOf, LoadPool, share } from './pool.ts'

function report(micros: readonly number[], rest: Partial<LoadReport>): LoadReport {
  const histogram = latencies()
  for (const each of micros) histogram.recordValue(each)
  return {
    ...{ calls: micros.length, failed: 0, failure: '', seconds: 1, cpuMicros: 0 },
    ...rest,
    latencies: encodeIntoCompressedBase64(histogram),
  }
}

test('shares differ by one at most and make up the whole', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 64 }), (whole, parts) => {
      const shares = Array.from({ length: parts }, (_, at) => share(whole, at, parts))
      assert.equal(
        shares.reduce((sum, each) => sum + each, 0),
        whole,
      )
      assert(Math.max(...shares) - Math.min(...shares) <= 1)
    }),
  )
})

test('the figures of several load processes: rates add up, percentiles are of all calls', () => {
  const slow = report([9000, 9000, 9000], { seconds: 1, cpuMicros: 300 })
  const fast = report([1000, 1000, 1000, 1000, 1000], { seconds: 0.5, cpuMicros: 500 })
  const figures = figuresOf([slow, fast], 2600)
  assert.equal(figures.calls, 8)
  assert.equal(figures.perSecond, 13)
  assert.equal(figures.p50Ms, 1)
  assert(Math.abs(figures.p99Ms - 9) < 0.01)
  assert.equal(figures.cpuMicros, 200)
  assert.equal(figures.loadCpuMicros, 100)
  assert.equal(figures.failed, 0)
})

test('failures of any process are told', () => {
  const failed = report([1], { failed: 2, failure: 'no leader' })
  const figures = figuresOf([report([1], {}), failed], 0)
  assert.equal(figures.failed, 2)
  assert.equal(figures.failure, 'no leader')
})

test('load processes call a real server, one by one and on a stream, and end with the pool', async () => {
  const echo = fork(join(import.meta.dirname, '../echo/main.js'))
  const pool = new LoadPool()
  try {
    const [port] = await once(echo, 'message')
    for (const client of ['unary', 'messages'] as const) {
      const target = { client, addresses: [`127.0.0.1:${port}`], pids: () => [echo.pid ?? 0] }
      const load = { targets: [0], operation: 'write', concurrency: 5, processes: 2 } as const
      const figures = await pool.run(target, { ...load, length: { calls: 101 } })
      assert.equal(figures.calls, 101)
      assert.equal(figures.failed, 0, figures.failure)
      assert(figures.loadCpuMicros > 0)
      const timed = await pool.run(target, { ...load, length: { warmMs: 50, ms: 100 } })
      assert(timed.calls > 0)
    }
  } finally {
    await pool.stop()
    echo.disconnect()
    await once(echo, 'exit')
  }
})

test('a server that is gone is failures, not a figure', async () => {
  const pool = new LoadPool()
  try {
    const target = { client: 'unary', addresses: ['127.0.0.1:1'], pids: () => [] } as const
    const load = { targets: [0], operation: 'write', concurrency: 1, length: { calls: 1 } } as const
    const figures = await pool.run(target, load)
    assert.deepEqual([figures.calls, figures.failed], [0, 1])
    assert.match(figures.failure, /ECONNREFUSED/)
  } finally {
    await pool.stop()
  }
})
