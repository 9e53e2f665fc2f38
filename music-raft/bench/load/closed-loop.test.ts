import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closedLoop, type Hooks } from './closed-loop.ts'

/** Time that passes only while something waits for it; a millisecond of it costs 100 µs of CPU. */
class FakeTime implements Hooks {
  #ms = 0
  readonly #sleepers: { readonly until: number; wake(): void }[] = []

  now(): number {
    return this.#ms
  }

  cpu(): number {
    return this.#ms * 100
  }

  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ until: this.#ms + ms, wake }))
  }

  async runUntil(ended: Promise<unknown>): Promise<void> {
    let over = false
    const end = () => {
      over = true
    }
    ended.then(end, end)
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      if (over) return
      this.#sleepers.sort((a, b) => a.until - b.until)
      const next = this.#sleepers.shift()
      assert(next !== undefined, 'the loop waits for nothing')
      this.#ms = next.until
      next.wake()
    }
  }
}

async function run(
  slots: number,
  length: Parameters<typeof closedLoop>[2],
  call: (time: FakeTime, slot: number, calls: number) => Promise<void>,
) {
  const time = new FakeTime()
  let [calls, underWay, most] = [0, 0, 0]
  const ended = closedLoop(
    async (slot) => {
      calls += 1
      underWay += 1
      most = Math.max(most, underWay)
      try {
        await call(time, slot, calls)
      } finally {
        underWay -= 1
      }
    },
    slots,
    length,
    time,
  )
  await time.runUntil(ended)
  return { counts: await ended, calls, most, ms: time.now() }
}

test('a closed loop keeps as many calls under way as asked, never more', async () => {
  const { most, counts } = await run(7, { warmMs: 0, ms: 100 }, (time) => time.sleep(10))
  assert.equal(most, 7)
  assert.equal(counts.failed, 0)
})

test('calls that end during the warm-up do not count, neither do their time and CPU', async () => {
  // 90 ms each while cold, 10 ms after.
  const { counts } = await run(1, { warmMs: 185, ms: 100 }, (time) =>
    time.sleep(time.now() < 180 ? 90 : 10),
  )
  assert.equal(counts.calls, 10)
  assert.equal(counts.seconds, 0.1)
  assert.equal(counts.cpuMicros, 10_000)
  assert(Math.abs(counts.latencies.maxValue - 10_000) < 10)
})

test('a call that is waited for over the end is no throughput, but its latency counts', async () => {
  const { counts } = await run(1, { warmMs: 0, ms: 100 }, (time) =>
    time.sleep(time.now() === 90 ? 500 : 10),
  )
  assert.equal(counts.calls, 9)
  assert.equal(counts.seconds, 0.1)
  assert(Math.abs(counts.latencies.maxValue - 500_000) < 500)
})

test('answers that come in bursts are no more throughput than there is', async () => {
  // 100 answers every 30 ms: 3,333 a second.
  for (const warmMs of [5, 15, 29]) {
    const { counts } = await run(100, { warmMs, ms: 900 }, (time) => time.sleep(30))
    const perSecond = counts.calls / counts.seconds
    assert(Math.abs(perSecond - 3333) < 120, `${perSecond}`)
  }
})

test('so many calls and no more, however many callers there are', async () => {
  for (const slots of [1, 3, 50]) {
    const { counts, calls } = await run(slots, { calls: 20 }, (time) => time.sleep(10))
    assert.equal(calls, 20)
    assert.equal(counts.calls, 20)
  }
})

test('failures are counted, have no latency, and do not come in a storm', async () => {
  const { counts, calls, ms } = await run(1, { warmMs: 0, ms: 1000 }, async (time, _, nth) => {
    await time.sleep(1)
    if (nth % 2 === 0) throw new Error(`number ${nth} fails`)
  })
  assert.equal(counts.failed, Math.floor(calls / 2))
  assert.equal(counts.calls, Math.ceil(calls / 2))
  assert.equal(counts.failure, 'number 2 fails')
  assert(calls <= ms / 25, `${calls} calls in ${ms} ms`)
})
