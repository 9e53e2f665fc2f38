import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CountedTree } from '../counted-tree.ts'

const ascending = (a: number, b: number) => a - b

/** Insert, or remove by place, each many times over so that nodes split, fill and join. */
const scripts = fc.array(
  fc.record({
    kind: fc.constantFrom('insert', 'append', 'prepend', 'remove', 'drain', 'clone'),
    at: fc.nat(1_000_000),
    times: fc.integer({ min: 1, max: 300 }),
  }),
  { maxLength: 30 },
)

/** Numbers that look random, the same each time (a linear congruence modulo 2^31). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state >>> 4
  }
}

class Model {
  readonly tree: CountedTree<number>
  readonly sorted: number[]

  constructor(tree: CountedTree<number>, sorted: number[]) {
    this.tree = tree
    this.sorted = sorted
  }

  insert(value: number): void {
    const place = this.sorted.findIndex((other) => other >= value)
    if (place >= 0 && this.sorted[place] === value) return
    this.tree.insert(value)
    this.sorted.splice(place < 0 ? this.sorted.length : place, 0, value)
  }

  removeAt(place: number): void {
    const [value] = this.sorted.splice(place, 1)
    if (value !== undefined) this.tree.remove(value)
  }

  check(): void {
    const { tree, sorted } = this
    assert.equal(tree.size, sorted.length)
    assert.deepEqual(tree.page(0, sorted.length + 1), sorted)
    for (let place = -1; place <= sorted.length; place += 7) {
      assert.equal(tree.at(place), sorted[place])
      const value = sorted[place]
      if (value === undefined) continue
      assert.equal(tree.rank(value), place)
      assert.equal(tree.rank(value + 0.5), place + 1)
      assert.deepEqual(tree.page(place, 100), sorted.slice(place, place + 100))
    }
  }
}

function run(script: ReturnType<typeof step>[], model: Model, clones: Model[]): void {
  for (const { kind, at, times } of script) {
    for (let i = 0; i < times; i++) {
      const { sorted } = model
      if (kind === 'insert') model.insert((at * 31 + i * 7919) % 10_007)
      if (kind === 'append') model.insert((sorted.at(-1) ?? 0) + 1)
      if (kind === 'prepend') model.insert((sorted[0] ?? 0) - 1)
      if (kind === 'remove') model.removeAt((at + i * 7919) % Math.max(1, sorted.length))
      if (kind === 'drain') model.removeAt(0)
    }
    if (kind === 'clone') clones.push(new Model(model.tree.clone(), [...model.sorted]))
  }
}
const step = (kind: string, at: number, times: number) => ({ kind, at, times })

test('counted tree: any history answers as a sorted array does, clones stay as they were', () => {
  fc.assert(
    fc.property(scripts, scripts, (script, later) => {
      const model = new Model(new CountedTree(ascending), [])
      const clones: Model[] = []
      run(script, model, clones)
      model.check()
      for (const clone of clones) clone.check()
      const twin = new Model(model.tree.clone(), [...model.sorted])
      run(later, twin, clones) // writing to either side of a clone leaves the other alone
      twin.check()
      model.check()
      run(script, model, clones)
      model.check()
      for (const clone of clones) clone.check()
    }),
    { numRuns: 150 },
  )
})

test('counted tree: grows to 5,000 in any direction and shrinks to nothing', () => {
  for (const next of [(i: number) => i, (i: number) => -i, (i: number) => (i * 7919) % 5003]) {
    const model = new Model(new CountedTree(ascending), [])
    for (let i = 0; i < 5000; i++) model.tree.insert(next(i))
    model.sorted.push(...Array.from({ length: 5000 }, (_, i) => next(i)).sort(ascending))
    model.check()
    while (model.sorted.length > 0) {
      model.removeAt((model.sorted.length * 31) % model.sorted.length)
      if (model.sorted.length % 500 === 0) model.check()
    }
    model.check()
  }
})

test('counted tree: three levels, thinned and refilled between what is left, in any order', () => {
  const tree = new CountedTree(ascending)
  const held = new Set<number>()
  const random = generator(1)
  const set = (value: number, wanted: boolean): void => {
    if (held.has(value) === wanted) return
    if (wanted) tree.insert(value)
    else tree.remove(value)
    if (wanted) held.add(value)
    else held.delete(value)
  }
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 20_000; i++) set(random() % 60_000, round % 2 === 0 || i % 20 === 0)
    const start = random() % 50_000
    for (let i = 0; i < 10_000; i++) set(start + i, false)
    for (let i = 10_000; i > 0; i -= 3) set(start + i, true)
    const sorted = [...held].sort(ascending)
    assert.deepEqual(tree.page(0, Number.MAX_SAFE_INTEGER), sorted)
    for (const [place, value] of sorted.entries()) {
      if (tree.rank(value) !== place)
        assert.fail(`${value} is at ${place}, not ${tree.rank(value)}`)
    }
  }
})

test('counted tree: one that was thinned out is as small as one that never grew', () => {
  const tree = new CountedTree(ascending)
  for (let i = 0; i < 100_000; i++) tree.insert(i)
  const visited = () => {
    const before = tree.steps
    tree.page(0, 100_000)
    return tree.steps - before
  }
  const full = visited()
  assert.ok(full <= 3 * (100_000 / 47), `${full} nodes for 100,000 elements that were appended`)
  for (let i = 0; i < 100_000; i++) if (i % 1000 !== 0) tree.remove(i)
  const thinned = visited()
  assert.ok(thinned <= 2 * (100 / 16), `${thinned} nodes for 100 elements`)
})

test('counted tree: a duplicate and an absent element are broken invariants', () => {
  const tree = new CountedTree(ascending)
  tree.insert(1)
  assert.throws(() => tree.insert(1), { code: 'ERR_ASSERTION' })
  assert.throws(() => tree.remove(2), { code: 'ERR_ASSERTION' })
})

test('counted tree: at a million elements calls visit a few nodes, cloned or not', () => {
  let compared = 0
  const tree = new CountedTree<number>((a, b) => {
    compared++
    return a - b
  })
  for (let i = 0; i < 1_000_000; i++) tree.insert((i * 618_034) % 1_000_003)
  const cost = (call: () => unknown): { steps: number; compared: number } => {
    const before = { steps: tree.steps, compared }
    call()
    return { steps: tree.steps - before.steps, compared: compared - before.compared }
  }
  const frozen = tree.clone()
  for (let i = 0; i < 2000; i++) {
    const element = tree.at((i * 49_999) % tree.size) ?? assert.fail()
    const place = (i * 49_999) % tree.size
    // 4 nodes from root to leaf; 3 joins on the way; up to 5 leaves for 50 elements
    for (const [nodes, call] of [
      [4, () => tree.at(place)],
      [4, () => tree.rank(element)],
      [20, () => tree.page(place, 50)],
      [7, () => tree.remove(element)],
      [4, () => tree.insert(element)],
    ] as const) {
      const { steps, compared } = cost(call)
      assert.ok(steps <= nodes, `${steps} nodes`)
      assert.ok(compared <= 60, `${compared} comparisons`)
    }
  }
  assert.equal(frozen.size, 1_000_000)
})
