import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import {
  allYes,
  begin,
  commitRecord,
  coordinator,
  decision,
  duties,
  nodes,
  order,
  query,
} from './test/build.ts'

const end = { type: 'end', transactionId: 'T1' } as const

describe('coordinator: on disk at restart', () => {
  test('O18 nothing: any question about it is answered with abort', () => {
    const node = coordinator([], { epoch: 2, pastEpochs: [1] })
    assert.deepEqual(node.step({ kind: 'tick' }, 10_000), [])
    assert.deepEqual(node.step({ kind: 'query', callId: 7, query: query() }, 0), [
      { kind: 'answer', callId: 7, answer: 'abort' },
    ])
  })

  test('O17 P5 `commit`: GlobalCommit is sent again to all until all have acknowledged it', () => {
    const node = coordinator([commitRecord()], { epoch: 2, pastEpochs: [1] })
    assert.equal(node.committing, 1)
    const message = decision('GlobalCommit', { finishedBefore: order(1) })
    const sends = nodes.map((to) => ({ kind: 'send', to, message }))
    assert.deepEqual(node.step({ kind: 'tick' }, 0), sends)
    assert.deepEqual(node.step({ kind: 'tick' }, 1), [])
    assert.deepEqual(node.step({ kind: 'query', callId: 7, query: query() }, 1), [
      { kind: 'answer', callId: 7, answer: 'commit' },
    ])
    for (const from of ['n1', 'n2']) {
      assert.deepEqual(duties(node.step({ kind: 'ack', transactionId: 'T1', from }, 1)), [])
    }
    assert.deepEqual(node.step({ kind: 'tick' }, 10_000), [sends[2]])
    assert.deepEqual(duties(node.step({ kind: 'ack', transactionId: 'T1', from: 'n3' }, 10_000)), [
      { kind: 'write', record: end },
    ])
    assert.deepEqual(node.step({ kind: 'tick' }, 100_000), [])
    assert.equal(node.committing, 0)
  })

  test('P18 `commit`, `end`: it is forgotten', () => {
    const node = coordinator([commitRecord(), end], { epoch: 2, pastEpochs: [1] })
    assert.deepEqual(node.step({ kind: 'tick' }, 10_000), [])
    assert.deepEqual(node.unfinished(), [])
  })

  test('what is unfinished at a checkpoint is resumed from it', () => {
    const before = coordinator()
    begin(before, 'T1')
    begin(before, 'T2')
    assert.deepEqual(before.unfinished(), [])
    allYes(before, 'T1')
    assert.deepEqual(before.unfinished(), [commitRecord()])
    const after = coordinator(before.unfinished(), { epoch: 2, pastEpochs: [1] })
    assert.deepEqual(after.unfinished(), before.unfinished())
  })

  test('P18 the oldest in doubt bounds what is finished, also where a later one committed first', () => {
    const records = [
      commitRecord({ transactionId: 'T2', order: order(2), filename: 'b.png' }),
      commitRecord(),
    ]
    const node = coordinator(records, { epoch: 2, pastEpochs: [1] })
    const words = node
      .step({ kind: 'tick' }, 0)
      .map((output) => (output.kind === 'send' ? output.message.finishedBefore : null))
    assert.deepEqual(new Set(words), new Set([order(1)]))
  })
})
