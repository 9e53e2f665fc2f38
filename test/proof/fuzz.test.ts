import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { targets } from './fuzz/all.ts'
import { Finding, Fuzzer, runChecked } from './fuzz/fuzzer.ts'
import { Random } from './fuzz/random.ts'
import { regressions } from './fuzz/regressions.ts'
import { codecTarget, REFUSED, type Target } from './fuzz/target.ts'
import { Watchdog } from './fuzz/watchdog.ts'

const SEED = 20_260_101
const watchdog = new Watchdog(SEED)

after(async () => {
  const closed = await Promise.allSettled(targets.map((target) => target.close?.()))
  await watchdog.close()
  for (const each of closed) assert.equal(each.status, 'fulfilled', 'a target ends in order')
})

/** Enough that a broken decoder shows, few enough for every run of the tests. */
const BATCHES = 4
/** Inputs that are not mutated. */
const VALID = 8
const SLOW = /^(files|http)\//

for (const target of targets) {
  void test(`fuzz ${target.name}: a fixed seed`, async () => {
    const fuzzer = new Fuzzer(target, { seed: SEED, coverage: null, watchdog })
    for (let batch = 0; batch < BATCHES; batch += 1) {
      await fuzzer.batch(SLOW.test(target.name) ? 8 : 64)
    }
    assert(fuzzer.executions >= 32)
    const random = new Random(SEED)
    let accepted = 0
    for (let made = 0; made < VALID; made += 1) {
      const input = Buffer.from(await target.seed(random))
      if ((await runChecked(target, input, watchdog)).outcome.accepted) accepted += 1
    }
    assert(accepted > 0, 'not even one of those that were made to be valid was accepted')
  })
}

for (const { target: name, hex, was } of regressions) {
  void test(`fuzz ${name}: no longer: ${was}`, async () => {
    const target = targets.find((each) => each.name === name)
    assert(target !== undefined, `no target ${name}`)
    const input = Buffer.from(hex, 'hex')
    await runChecked(target, target.forge?.(input, new Random(SEED)) ?? input, watchdog)
  })
}

/** A decoder that takes 3 bytes in a certain order, and what `then` does with them. */
function hidden(then: () => unknown): Target {
  return {
    name: 'made/hidden',
    seed: () => Buffer.from('A longer text to begin with'),
    run: (input) => {
      if (input[0] !== 0x7f) return REFUSED
      return { accepted: true, value: then() }
    },
  }
}

const broken: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'an error of another kind',
    () => {
      throw new TypeError('not documented')
    },
    /TypeError: not documented/,
  ],
  ['a value out of proportion', () => 'x'.repeat(1_000_000), /bytes became 1000016 in memory/],
  ['a buffer out of proportion', () => Buffer.alloc(128 << 20).length, /decoding it allocated/],
]

for (const [what, then, said] of broken) {
  void test(`fuzz: finds ${what}, and prints its input and seed`, async () => {
    const fuzzer = new Fuzzer(hidden(then), { seed: SEED, coverage: null, watchdog: null })
    const search = async () => {
      for (let batch = 0; batch < 200; batch += 1) await fuzzer.batch()
    }
    await assert.rejects(search, (error: unknown) => {
      assert(error instanceof Finding)
      assert.match(error.message, said)
      // A garbage collection in between can hide what was allocated: not always the shortest.
      assert.match(error.message, /target: 'made\/hidden', hex: '7f/)
      return true
    })
  })
}

test('fuzz: finds an encoder that loses what the decoder takes', async () => {
  const forgetful = codecTarget<number>('made/forgetful', {
    make: (random) => random.below(100),
    encode: (value) => Buffer.of(value & 0x7f),
    decode: (bytes) => bytes[0] ?? null,
    refusals: [],
  })
  const fuzzer = new Fuzzer(forgetful, { seed: SEED, coverage: null, watchdog: null })
  await assert.rejects(async () => {
    for (let batch = 0; batch < 200; batch += 1) await fuzzer.batch()
  }, /what was accepted changed by encoding/)
})
