import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { Delivery } from './delivery.ts'
import { nodes } from './test/build.ts'

const timing = { ackTimeout: 500, first: 50, most: 200 }

describe('delivery', () => {
  test('all are due at once, in order, and then not before the call must have failed', () => {
    const delivery = new Delivery(nodes, 10, timing)
    assert.deepEqual(delivery.due(9), [])
    assert.deepEqual(delivery.due(10), nodes)
    assert.deepEqual(delivery.due(759), [])
    assert.deepEqual(delivery.due(760), nodes)
  })

  test('O17 a failure is tried again after a back-off that doubles up to its limit, for ever', () => {
    const delivery = new Delivery(['n1'], 0, timing)
    for (const [failures, delay] of [50, 100, 200, 200, 200].entries()) {
      assert.deepEqual(delivery.due(1_000 * failures), ['n1'])
      assert.equal(delivery.fail('n1', 1_000 * failures), true)
      assert.equal(delivery.failures, failures + 1)
      assert.deepEqual(delivery.due(1_000 * failures + delay - 1), [])
      assert.deepEqual(delivery.due(1_000 * failures + delay), ['n1'])
    }
    for (let more = 0; more < 2_000; more += 1) delivery.fail('n1', 0)
    assert.deepEqual(delivery.due(200), ['n1'])
  })

  test('who has acknowledged is done: not due, not failing, counted once', () => {
    const delivery = new Delivery(['n1', 'n2'], 0, timing)
    assert.equal(delivery.acknowledge('n1'), true)
    assert.equal(delivery.acknowledge('n1'), false)
    assert.equal(delivery.acknowledge('stranger'), false)
    assert.equal(delivery.fail('n1', 0), false)
    assert.equal(delivery.failures, 0)
    assert.deepEqual(delivery.due(0), ['n2'])
    assert.deepEqual([delivery.has('n1'), delivery.has('n2')], [true, false])
    assert.equal(delivery.complete, false)
    delivery.acknowledge('n2')
    assert.equal(delivery.complete, true)
    assert.deepEqual(delivery.due(10_000), [])
  })
})
