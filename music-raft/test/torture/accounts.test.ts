import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObservedTrack, QueueOperation } from '../../linearizability/queue-history.ts'
import { generate, seeded } from '../../linearizability/test/generate.ts'
import { anyInput, OneQueue } from '../../linearizability/test/queue-machine.ts'
import { balance } from './accounts.ts'

/** A true history, and what is there in the end. */
function run(seed: number) {
  const queue = new OneQueue()
  const operations: QueueOperation[] = generate({
    ...{ random: seeded(seed), clients: 5, operations: 1000, unknown: 0 },
    input: (from) => anyInput(from, 20 + Math.floor(from() * 80)),
    apply: (input) => queue.ask(input),
  })
  const list = (rpc: 'GetQueue' | 'GetHistory') => {
    const output = queue.ask({ rpc })
    return 'tracks' in output ? output.tracks : []
  }
  return { operations, queue: list('GetQueue'), history: list('GetHistory') }
}

test('the accounts of a true history are even', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const { operations, queue, history } = run(seed)
    assert.ok(queue.length > 0 && history.length > 0)
    assert.deepEqual(balance(operations, queue, history), { lost: [], duplicated: [] })
  }
})

test('O5 R16 a track that is gone, that is there twice, or that has other votes shows', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { operations, queue, history } = run(seed)
    const [first, ...rest] = queue
    assert.ok(first !== undefined)
    const books = (queued: readonly ObservedTrack[], played = history) => {
      const { lost, duplicated } = balance(operations, queued, played)
      return [lost.length > 0, duplicated.length > 0]
    }
    assert.equal(books(rest)[0], true, 'a queued track is gone')
    assert.equal(books([...queue, first])[1], true, 'a queued track is there twice')
    assert.equal(books(queue, history.slice(1))[0], true, 'a played track is gone')
    assert.equal(books(queue, [...history, ...history.slice(0, 1)])[1], true, 'played twice')
  }
})

test('R16 a vote that is gone or counted twice shows', () => {
  let found = 0
  for (let seed = 1; seed <= 20; seed++) {
    const { operations, queue, history } = run(seed)
    const removed = new Set(
      operations.map(({ input, output }) =>
        input.rpc === 'RemoveTrack' && output && 'code' in output && output.code === 'APPLIED'
          ? input.id
          : '',
      ),
    )
    const total = (id: string) =>
      [...queue, ...history].reduce((sum, track) => sum + (track.id === id ? track.votes : 0), 0)
    const place = history.findIndex(({ id }) => total(id) > 0 && !removed.has(id))
    const voted = history[place]
    if (voted === undefined) continue
    found += 1
    const other = (votes: number) =>
      balance(operations, queue, history.with(place, { ...voted, votes }))
    assert.equal(other(voted.votes - 1).lost.length, 1)
    assert.equal(other(voted.votes + 1).duplicated.length, 1)
  }
  assert.ok(found >= 3)
})
