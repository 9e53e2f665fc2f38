import assert from 'node:assert/strict'

/** Entries of a node. A full node splits, one at the minimum is filled before an entry leaves it. */
const MAX = 64
const MIN = 16
/** Of a node split by an append: what the left half keeps, as sequences only ever grow rightwards. */
const PACKED = 48

/** Marks nodes that one tree may change in place. Compared by identity only. */
type Owner = Record<string, never>

interface Node<T> {
  readonly owner: Owner
  /** Elements below, this node's own included. */
  size: number
  /**
   * In a leaf its elements. Above, for i ≥ 1, a lower bound of `children[i]` that is above all in the
   * children before it; `items[0]` is the node's own bound in its parent, except on the leftmost
   * path, where nobody asks for it: such a node is never the right one of a pair that is joined.
   */
  readonly items: T[]
  /** null in a leaf. */
  readonly children: Node<T>[] | null
}

/**
 * An ordered set that also knows places: a B+tree with subtree counts (Bayer & McCreight 1972;
 * order statistics as in CLRS §14.1). insert, remove, at, rank: O(log n); page: O(log n + limit).
 *
 * `clone()` is O(1): both trees share all nodes, and a node that is not the tree's own is copied
 * when it is first written to (at most one path, 5 nodes of 64 references at 10⁷ elements, per
 * write). While a snapshot is read, the price is therefore microseconds a command and, at worst, a
 * second set of nodes (about 12 bytes an element); the elements themselves are never copied.
 *
 * The shape depends on the history of calls, what it answers only on the elements: a replica that
 * restored a snapshot and one that did not differ in shape and in nothing else.
 */
export class CountedTree<T> {
  readonly #compare: (a: T, b: T) => number
  #root: Node<T>
  #owner: Owner = {}
  /** Nodes visited since creation: the work done, in a unit that does not depend on the machine. */
  steps = 0

  /** @param compare total order; 0 only for elements that are the same for the set. */
  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
    this.#root = { owner: this.#owner, size: 0, items: [], children: null }
  }

  get size(): number {
    return this.#root.size
  }

  /** An independent tree with the same elements, in O(1). */
  clone(): CountedTree<T> {
    const twin = new CountedTree(this.#compare)
    twin.#root = this.#root
    this.#owner = {} // neither owns the shared nodes any more
    return twin
  }

  /** The element at a place from 0, or undefined. */
  at(place: number): T | undefined {
    if (place < 0 || place >= this.size) return undefined
    const [leaf, offset] = this.#find(place)
    return leaf.items[offset]
  }

  /** How many elements come before `element`, which need not be in the set. */
  rank(element: T): number {
    let node = this.#root
    let before = 0
    while (node.children !== null) {
      this.steps++
      const child = this.#childFor(node, element)
      for (let i = 0; i < child; i++) before += at(node.children, i).size
      node = at(node.children, child)
    }
    this.steps++
    return before + this.#lowerBound(node.items, element)
  }

  /** Up to `limit` elements from a place on, in order. */
  page(offset: number, limit: number): T[] {
    const end = Math.min(this.size, offset + limit)
    const page: T[] = []
    while (offset + page.length < end) {
      const [leaf, from] = this.#find(offset + page.length)
      const to = Math.min(leaf.items.length, from + end - offset - page.length)
      for (let i = from; i < to; i++) page.push(at(leaf.items, i))
    }
    return page
  }

  /** Adds an element that is not in the set. */
  insert(element: T): void {
    let node = this.#own(this.#root)
    if (node.items.length === MAX) {
      node = { owner: this.#owner, size: node.size, items: [at(node.items, 0)], children: [node] }
      this.#split(node, 0, element)
    }
    this.#root = node
    // full nodes are split on the way down, so there is room above when one below splits
    while (node.children !== null) {
      this.steps++
      node.size++
      let i = this.#childFor(node, element)
      if (at(node.children, i).items.length === MAX) {
        this.#split(node, i, element)
        i = this.#childFor(node, element)
      }
      node = this.#ownChild(node, i)
    }
    this.steps++
    node.size++
    const place = this.#lowerBound(node.items, element)
    const next = node.items[place]
    assert(next === undefined || this.#compare(next, element) !== 0, 'inserted twice')
    insertAt(node.items, place, element)
  }

  /** Takes out an element that is in the set; one that compares equal to it will do as argument. */
  remove(element: T): void {
    let node = this.#own(this.#root)
    this.#root = node
    // nodes at the minimum are filled on the way down, so that none is left below it
    while (node.children !== null) {
      this.steps++
      node.size--
      let i = this.#childFor(node, element)
      if (at(node.children, i).items.length <= MIN) {
        this.#fill(node, i)
        i = this.#childFor(node, element)
      }
      const child = this.#ownChild(node, i)
      if (node === this.#root && node.children.length === 1) this.#root = child
      node = child
    }
    this.steps++
    node.size--
    const place = this.#lowerBound(node.items, element)
    const found = node.items[place]
    assert(found !== undefined && this.#compare(found, element) === 0, 'removed what is not there')
    removeAt(node.items, place)
  }

  /** Leaf and offset of a place below `size`. */
  #find(place: number): [leaf: Node<T>, offset: number] {
    let node = this.#root
    let rest = place
    while (node.children !== null) {
      this.steps++
      let i = 0
      for (let child = at(node.children, 0); rest >= child.size; child = at(node.children, i)) {
        rest -= child.size
        i++
      }
      node = at(node.children, i)
    }
    this.steps++
    return [node, rest]
  }

  /** First place in `items` whose element is not before `element`. */
  #lowerBound(items: readonly T[], element: T): number {
    let low = 0
    let high = items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(at(items, middle), element) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The child whose range holds `element`: the last whose lower bound is not above it, or the first. */
  #childFor(node: Node<T>, element: T): number {
    let low = 1
    let high = node.items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(at(node.items, middle), element) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  #split(parent: Node<T>, i: number, element: T): void {
    const { children } = parent
    assert(children !== null)
    const left = this.#ownChild(parent, i)
    const appending =
      i === children.length - 1 && this.#compare(at(left.items, MAX - 1), element) < 0
    const keep = appending ? PACKED : MAX / 2
    const items = left.items.splice(keep)
    const below = left.children?.splice(keep) ?? null
    const right = { owner: this.#owner, size: count(items, below), items, children: below }
    left.size -= right.size
    parent.items.splice(i + 1, 0, at(items, 0))
    children.splice(i + 1, 0, right)
  }

  /** Joins child `i` with a neighbour, or levels the two where one node cannot hold both. */
  #fill(parent: Node<T>, i: number): void {
    const { children } = parent
    assert(children !== null && children.length > 1)
    const l = i > 0 ? i - 1 : 0
    const left = this.#ownChild(parent, l)
    const right = at(children, l + 1)
    this.steps++
    left.items.push(...right.items)
    left.children?.push(...(right.children ?? []))
    left.size += right.size
    parent.items.splice(l + 1, 1)
    children.splice(l + 1, 1)
    if (left.items.length <= PACKED) return
    const half = left.items.length >>> 1
    const items = left.items.splice(half)
    const below = left.children?.splice(half) ?? null
    const second = { owner: this.#owner, size: count(items, below), items, children: below }
    left.size -= second.size
    parent.items.splice(l + 1, 0, at(items, 0))
    children.splice(l + 1, 0, second)
  }

  #ownChild(parent: Node<T>, i: number): Node<T> {
    assert(parent.children !== null)
    const child = at(parent.children, i)
    const own = this.#own(child)
    if (own !== child) parent.children[i] = own
    return own
  }

  #own(node: Node<T>): Node<T> {
    if (node.owner === this.#owner) return node
    return {
      owner: this.#owner,
      size: node.size,
      items: node.items.slice(),
      children: node.children?.slice() ?? null,
    }
  }
}

function count<T>(items: readonly T[], children: readonly Node<T>[] | null): number {
  return children?.reduce((sum, child) => sum + child.size, 0) ?? items.length
}

/** An element that is known to be there. */
function at<E>(array: readonly E[], index: number): E {
  const element = array[index]
  if (element === undefined) assert.fail(`no element ${index} of ${array.length}`)
  return element
}

/** `array.splice(index, 0, element)` without its array of what was removed: this is the hot path. */
function insertAt<E>(array: E[], index: number, element: E): void {
  array.push(element)
  for (let i = array.length - 1; i > index; i--) array[i] = at(array, i - 1)
  array[index] = element
}

function removeAt<E>(array: E[], index: number): void {
  for (let i = index + 1; i < array.length; i++) array[i - 1] = at(array, i)
  array.pop()
}
