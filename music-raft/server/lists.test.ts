import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CodedError } from '../../common/errors.ts'
import { type ListBounds, Lists } from './lists.ts'

const BOUNDS: ListBounds = {
  makingBytes: 100,
  connectionBytes: 20,
  totalBytes: 30,
  waiting: 3,
  waitMs: 30_000,
}

/** A call of a client that takes its reply, or gives up, when `end` is called. */
class Call {
  readonly peer: string
  #ends: (() => void)[] = []

  constructor(peer: string) {
    this.peer = peer
  }

  readonly onEnd = (action: () => void): void => {
    this.#ends.push(action)
  }

  end(): void {
    for (const action of this.#ends.splice(0)) action()
  }
}

const make = async () => 'a list'
const turn = () => new Promise((resolve) => setImmediate(resolve))
const refused = (code: string) => (error: unknown) =>
  error instanceof CodedError && error.code === code

describe('T14 lists that nobody reads', () => {
  test('a connection holds so much and waits for itself; others do not wait for it', async () => {
    const lists = new Lists(BOUNDS)
    const slow = [new Call('slow'), new Call('slow'), new Call('slow')] as const
    for (const call of slow.slice(0, 2)) assert.equal(await lists.list(call, 10, make), 'a list')
    const third = lists.list(slow[2], 10, make)
    assert.equal(await lists.list(new Call('other'), 10, make), 'a list')
    assert.equal(lists.untakenBytes, 30)
    slow[0].end()
    assert.equal(await third, 'a list')
    assert.equal(lists.untakenBytes, 30)
  })

  test('whoever waits too long is refused in words, and takes nothing with it', async () => {
    const lists = new Lists({ ...BOUNDS, waitMs: 20 })
    const calls = Array.from({ length: 3 }, () => new Call('slow'))
    const ends = await Promise.allSettled(calls.map((call) => lists.list(call, 10, make)))
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    )
    assert(refused('OVERLOADED')((ends[2] as PromiseRejectedResult).reason))
    for (const call of calls) call.end()
    assert.equal(lists.untakenBytes, 0)
    assert.equal(await lists.list(new Call('slow'), 20, make), 'a list')
  })

  test('more than may wait are refused at once', async () => {
    const lists = new Lists(BOUNDS)
    const calls = Array.from({ length: 6 }, () => new Call('slow'))
    const asked = calls.map((call) => lists.list(call, 10, make))
    const settled = Promise.allSettled(asked)
    await assert.rejects(asked[5] ?? Promise.resolve(), refused('OVERLOADED'))
    calls[0]?.end()
    calls[1]?.end()
    assert.equal(await asked[3], 'a list')
    await settled
  })

  test('one that gave up while it waited leaves its place to the next', async () => {
    const lists = new Lists(BOUNDS)
    const calls = Array.from({ length: 4 }, () => new Call('slow'))
    const made: number[] = []
    const asked = calls.map((call, i) => lists.list(call, 10, async () => made.push(i)))
    const settled = Promise.allSettled(asked)
    calls[2]?.end()
    calls[0]?.end()
    await settled
    assert.deepEqual(made, [0, 1, 3])
    calls[1]?.end()
    calls[3]?.end()
    assert.equal(lists.untakenBytes, 0)
  })

  test('S14 what is asked for at once is made over several turns', async () => {
    const lists = new Lists({ ...BOUNDS, makingBytes: 10, totalBytes: 1000 })
    let made = 0
    const asked = Array.from({ length: 3 }, (_, i) =>
      lists.list(new Call(`${i}`), 10, async () => {
        made += 1
      }),
    )
    const seen: number[] = []
    for (let i = 0; i < 6; i += 1) {
      await turn()
      seen.push(made)
    }
    await Promise.all(asked)
    assert.equal(made, 3)
    assert(seen.includes(1) && seen.includes(2), `made by turn: ${seen}`)
  })

  test('a list larger than any bound is made when it is alone; one that fails holds nothing', async () => {
    const lists = new Lists(BOUNDS)
    const call = new Call('big')
    assert.equal(await lists.list(call, 5000, make), 'a list')
    call.end()
    const failing = new Call('big')
    const failure = lists.list(failing, 5000, () => Promise.reject(new Error('no leader')))
    await assert.rejects(failure, /no leader/)
    failing.end()
    assert.equal(lists.untakenBytes, 0)
  })
})
