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
