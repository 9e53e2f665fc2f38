import type { Operation } from './history.ts'

/**
 * The calls and returns of operations in the order of time, as a linked list from which an operation
 * is lifted when it takes effect and to which it goes back when that was wrong (Wing and Gong 1993).
 * Nodes are numbered in that order, from 1; 0 stands for both ends. At the same instant calls come
 * first: what touches is concurrent.
 */
export class Timeline {
  readonly #next: Int32Array
  readonly #previous: Int32Array
  readonly #operation: Int32Array
  readonly #call: Int32Array
  readonly #return: Int32Array

  /** @param operations all with a `return`; they are named by their places from here on. */
  constructor(operations: readonly Operation<unknown, unknown>[]) {
    const events = operations.flatMap((operation, place) => [
      { place, time: operation.call, isReturn: 0 },
      { place, time: operation.return ?? Number.POSITIVE_INFINITY, isReturn: 1 },
    ])
    events.sort((a, b) => a.time - b.time || a.isReturn - b.isReturn)
    const count = events.length + 1
    this.#next = Int32Array.from({ length: count }, (_, node) => (node + 1) % count)
    this.#previous = Int32Array.from({ length: count }, (_, node) => (node + count - 1) % count)
    this.#operation = new Int32Array(count)
    this.#call = new Int32Array(operations.length)
    this.#return = new Int32Array(operations.length)
    for (const [i, { place, isReturn }] of events.entries()) {
      this.#operation[i + 1] = place
      ;(isReturn === 1 ? this.#return : this.#call)[place] = i + 1
    }
  }

  /** The first node after `node` that is left, 0: none. */
  after(node: number): number {
    return at(this.#next, node)
  }

  operation(node: number): number {
    return at(this.#operation, node)
  }

  isReturn(node: number): boolean {
    return at(this.#return, this.operation(node)) === node
  }

  returnOf(operation: number): number {
    return at(this.#return, operation)
  }

  /** The first return that is left: nothing called later can take effect before it. */
  firstReturn(): number {
    let node = this.after(0)
    while (node !== 0 && !this.isReturn(node)) node = this.after(node)
    return node
  }

  lift(operation: number): void {
    this.#unlink(at(this.#call, operation))
    this.#unlink(at(this.#return, operation))
  }

  /** Undoes the last `lift` that was not undone. */
  putBack(operation: number): void {
    this.#link(at(this.#return, operation))
    this.#link(at(this.#call, operation))
  }

  #unlink(node: number): void {
    const [next, previous] = [at(this.#next, node), at(this.#previous, node)]
    this.#next[previous] = next
    this.#previous[next] = previous
  }

  #link(node: number): void {
    this.#next[at(this.#previous, node)] = node
    this.#previous[at(this.#next, node)] = node
  }
}

function at(array: Int32Array, place: number): number {
  return array[place] ?? 0
}
