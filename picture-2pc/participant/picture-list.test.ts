import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ParticipantState } from '../protocol/participant-state.ts'
import { PictureList } from './picture-list.ts'

function stateOf(names: readonly string[]): ParticipantState {
  const state = new ParticipantState(null)
  for (const filename of names) store(state, filename)
  return state
}

function store(state: ParticipantState, filename: string): void {
  const picture = { size: 1, sha256: '', blob: filename, likes: 2, uploadTime: 3 }
  state.apply({ type: 'upload', filename, picture })
}

const all = { after: '', limit: 0, node: 'n1' }

test('without fields set, everything in order of name, with what is known of it', () => {
  const { pictures, more, total } = new PictureList().page(stateOf(['b', 'a']), all)
  assert.deepEqual(Object.keys(pictures), ['a', 'b'])
  assert.deepEqual(pictures['a'], { likes: 2, node: 'n1', size: 1, uploadTime: 3 })
  assert.deepEqual([more, total], [false, 2])
})

test('a page never holds more than fits a message', () => {
  const state = stateOf(Array.from({ length: 10_500 }, (_, index) => `n${index}`))
  for (const limit of [0, -1, 1_000_000]) {
    const { pictures, more, total } = new PictureList().page(state, { ...all, limit })
    assert.deepEqual([Object.keys(pictures).length, more, total], [10_000, true, 10_500])
  }
})

test('the order follows names that come and go, not likes', () => {
  const list = new PictureList()
  const state = stateOf(['b'])
  assert.deepEqual(Object.keys(list.page(state, all).pictures), ['b'])
  store(state, 'a')
  state.apply({ type: 'like', filename: 'b' })
  assert.deepEqual(Object.keys(list.page(state, all).pictures), ['a', 'b'])
  state.apply({ type: 'delete', filename: 'b' })
  const { pictures, total } = list.page(state, all)
  assert.deepEqual([Object.keys(pictures), total], [['a'], 1])
})

test('pages of any size, put together, are all names once, in order', () => {
  const odd = fc.constantFrom('__proto__', 'constructor', '10', '9', 'é', '日本', 'a', 'Z', ' ')
  const names = fc.uniqueArray(fc.oneof(odd, fc.string({ minLength: 1, maxLength: 4 })))
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 5 }), (given, limit) => {
      const list = new PictureList()
      const state = stateOf(given)
      const seen: string[] = []
      for (let after = '', more = true; more; after = seen.at(-1) ?? '') {
        const page = list.page(state, { ...all, after, limit })
        const keys = Object.keys(page.pictures).sort()
        assert.ok(keys.length <= limit)
        seen.push(...keys)
        more = page.more
      }
      assert.deepEqual(seen, [...given].sort())
    }),
  )
})

test('an order that is worked on is the one that is made anew', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'ä', 'aa', 'Z', '0', 'b/', 'bb', 'c0')
  const change = fc.record({ name, page: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const state = stateOf(['b', 'c'])
      const list = new PictureList()
      for (const { name: filename, page } of changes) {
        if (state.pictures.has(filename)) state.apply({ type: 'delete', filename })
        else store(state, filename)
        if (!page) continue
        const expected = Object.keys(new PictureList().page(state, all).pictures)
        assert.deepEqual(Object.keys(list.page(state, all).pictures), expected)
        assert.equal(expected.length, state.pictures.size)
      }
    }),
  )
})

test('after more changes than are remembered the order is made anew', () => {
  const state = stateOf(['b', 'z'])
  const list = new PictureList()
  list.page(state, all)
  for (let index = 0; index < 30_000; index++) {
    store(state, 'a')
    state.apply({ type: 'delete', filename: 'a' })
  }
  state.apply({ type: 'delete', filename: 'z' })
  assert.equal(state.namesChangedSince(2), null)
  assert.deepEqual(Object.keys(list.page(state, all).pictures), ['b'])
})
