import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashOf, ShardedMap } from '../sharded-map.ts'

test('sharded map: any history answers as a Map does', () => {
  const key = fc.oneof(
    fc.nat(50).map((n) => `t${n}`),
    fc.constantFrom('', '__proto__', 'constructor', '😀'),
    fc.string({ maxLength: 3 }),
  )
  const script = fc.array(fc.tuple(fc.boolean(), key, fc.nat()), { maxLength: 100, size: 'max' })
  fc.assert(
    fc.property(script, (calls) => {
      const map = new Map<string, number>()
      const sharded = new ShardedMap<number>()
      for (const [set, key, value] of calls) {
        for (const each of [map, sharded]) set ? each.set(key, value) : each.delete(key)
        assert.equal(sharded.get(key), map.get(key))
      }
      for (const [, key] of calls) assert.equal(sharded.get(key), map.get(key))
    }),
  )
})

test('sharded map: shards that grow, empty and fill again', () => {
  const map = new Map<string, number>()
  const sharded = new ShardedMap<number>()
  let seed = 1
  const below = (bound: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return (seed >>> 8) % bound
  }
  for (const [rounds, share] of [
    [60_000, 9],
    [60_000, 2],
    [60_000, 7],
  ] as const) {
    for (let i = 0; i < rounds; i++) {
      const key = `track-${below(40_000)}`
      const set = below(10) < share
      for (const each of [map, sharded]) set ? each.set(key, i) : each.delete(key)
      assert.equal(sharded.get(key), map.get(key))
    }
    for (let i = 0; i < 40_000; i++) {
      assert.equal(sharded.get(`track-${i}`), map.get(`track-${i}`))
    }
  }
})

/** So many keys, a power of two, of one hash where the seed is 0: halves that collide, one after the other. */
function colliding(count: number): string[] {
  let keys = ['']
  let next = 0
  while (keys.length < count) {
    const [before = ''] = keys
    const seen = new Map<number, string>()
    for (;;) {
      const half = String(next++).padStart(8, '0')
      const hash = hashOf(before + half, 0)
      const other = seen.get(hash)
      seen.set(hash, half)
      if (other === undefined) continue
      keys = keys.flatMap((key) => [key + other, key + half])
      break
    }
  }
  return keys
}

test('S14 sharded map: keys chosen to collide do so for nobody whose seed is not known', () => {
  const keys = colliding(256)
  assert.equal(new Set(keys.map((key) => hashOf(key, 0))).size, 1, 'they collide')
  const seeds = fc.integer({ min: 1, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(seeds, (seed) => {
      const hashes = new Set(keys.map((key) => hashOf(key, seed)))
      assert.ok(hashes.size >= 32, `${hashes.size} hashes`)
    }),
  )
})
