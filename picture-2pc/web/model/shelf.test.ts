import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ListPage, pageOf, Shelf } from './shelf.ts'

const entry = { likes: 1, upload_time: '2026-01-01T00:00:00Z', nodes: ['grpc-node1'], size: 5 }

function page(names: readonly string[], next: string | null): ListPage {
  return pageOf(Object.fromEntries(names.map((name) => [name, entry])), next, [])
}

function names(shelf: Shelf): string[] {
  return shelf.pictures.map(({ name }) => name)
}

test('pages follow each other, and a page read again replaces what it is about', () => {
  const shelf = new Shelf()
  shelf.take('', page(['a', 'b'], 'b'))
  shelf.take('b', page(['c', 'd'], null))
  assert.deepEqual([names(shelf), shelf.next], [['a', 'b', 'c', 'd'], null])
  shelf.take('', page(['b'], 'b'))
  assert.deepEqual([names(shelf), shelf.next], [['b', 'c', 'd'], null])
  shelf.take('b', page(['c'], null))
  assert.deepEqual(names(shelf), ['b', 'c'])
})

test('one picture comes, changes and goes in its place; beyond what is listed it stays out', () => {
  const shelf = new Shelf()
  shelf.take('', page(['a', 'm'], 'm'))
  const [found] = page(['f'], null).pictures
  assert.ok(found !== undefined)
  shelf.put('f', found)
  assert.deepEqual(names(shelf), ['a', 'f', 'm'])
  shelf.put('f', { ...found, likes: 9, size: null, uploadedAt: '' })
  const { likes, size, uploadedAt } = shelf.pictures[1] ?? {}
  assert.deepEqual([likes, size, uploadedAt], [9, 5, entry.upload_time])
  shelf.put('z', { ...found, name: 'z' })
  assert.deepEqual(names(shelf), ['a', 'f', 'm'])
  shelf.put('f', null)
  shelf.put('q', null)
  assert.deepEqual(names(shelf), ['a', 'm'])
})

test('other bytes under a name have another generation', () => {
  const shelf = new Shelf()
  shelf.take('', page(['a'], null))
  assert.equal(shelf.pictures[0]?.generation, 0)
  shelf.renew('a')
  shelf.take('', page(['a'], null))
  assert.equal(shelf.pictures[0]?.generation, 1)
})

test('of other bytes the old size and time are not told; another time means other bytes', () => {
  const shelf = new Shelf()
  shelf.take('', page(['a'], null))
  const [found] = page(['a'], null).pictures
  assert.ok(found !== undefined)
  shelf.renew('a')
  shelf.put('a', { ...found, size: null, uploadedAt: '' })
  const { size, uploadedAt, generation } = shelf.pictures[0] ?? {}
  assert.deepEqual([size, uploadedAt, generation], [null, '', 1])
  shelf.take('', page(['a'], null))
  assert.equal(shelf.pictures[0]?.generation, 1, 'what is told at last is no news of other bytes')
  const later = { ...entry, upload_time: '2026-02-02T00:00:00Z' }
  shelf.take('', pageOf({ a: later }, null, []))
  assert.equal(shelf.pictures[0]?.generation, 2)
  shelf.clear()
  shelf.take('', pageOf({ a: later }, null, []))
  assert.equal(shelf.pictures[0]?.generation, 2, 'a search forgets nothing')
})

test('whatever is put and taken, names stay sorted and single', () => {
  const name = fc.constantFrom('a', 'b', 'B', 'ä', '😀', '<script>', 'z')
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.boolean())), (steps) => {
      const shelf = new Shelf()
      shelf.take('', page([], null))
      const held = new Set<string>()
      for (const [each, there] of steps) {
        const [found] = page([each], null).pictures
        shelf.put(each, there && found !== undefined ? found : null)
        if (there) held.add(each)
        else held.delete(each)
      }
      assert.deepEqual(names(shelf), [...held].sort())
    }),
  )
})
