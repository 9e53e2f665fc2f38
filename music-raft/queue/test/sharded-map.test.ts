import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ShardedMap } from '../sharded-map.ts'

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
