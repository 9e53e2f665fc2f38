import { strict as assert } from 'node:assert'
import { describe, test } from 'node:test'
import { Inquiry } from './inquiry.ts'
import { inquiryTiming } from './test/build.ts'

describe('inquiry', () => {
  test('the first question comes after its delay, once', () => {
    const inquiry = new Inquiry(inquiryTiming)
    inquiry.begin('T1', 10)
    assert.deepEqual([...inquiry.start(109, true)], [])
    assert.deepEqual([...inquiry.start(110, false)], [], 'only a scan looks at the time')
    for (const id of inquiry.start(110, true)) inquiry.asked(id, ['c'])
    assert.deepEqual([...inquiry.start(100_000, true)], [], 'the round is open')
  })

  test('rounds repeat with a back-off up to its limit, for ever', () => {
    const inquiry = new Inquiry(inquiryTiming)
    let now = 0
    inquiry.begin('T1', now, 0)
    for (const delay of [100, 150, 225, 337.5, 400, 400, 400]) {
      assert.deepEqual([...inquiry.start(now, true)], ['T1'])
      inquiry.asked('T1', ['c'])
      assert.equal(inquiry.answered('T1', 'c'), true)
      assert.equal(inquiry.again('T1', now), delay)
      assert.deepEqual([...inquiry.start(now + delay - 1, true)], [])
      now += delay
    }
  })

  test('a round is over with its last answer; others do not count', () => {
    const inquiry = new Inquiry(inquiryTiming)
    inquiry.begin('T1', 0)
    assert.equal(inquiry.answered('T1', 'n2'), null, 'nobody was asked')
    inquiry.asked('T1', ['n2', 'n3'])
    assert.equal(inquiry.answered('T1', 'n1'), null)
    assert.equal(inquiry.answered('T1', 'n2'), false)
    assert.equal(inquiry.answered('T1', 'n2'), null)
    assert.equal(inquiry.answered('T1', 'n3'), true)
    assert.equal(inquiry.answered('T2', 'n3'), null)
  })

  test('what is settled is not asked about, and makes room', () => {
    const inquiry = new Inquiry(inquiryTiming)
    for (let number = 0; number < 100; number += 1) inquiry.begin(`T${number}`, 0, 0)
    const asked: string[] = []
    for (const id of inquiry.start(0, true)) {
      inquiry.asked(id, ['c'])
      asked.push(id)
    }
    assert.equal(asked.length, 64)
    assert.deepEqual([...inquiry.start(0, false)], [])
    inquiry.end('T0')
    inquiry.end('T64')
    assert.equal(inquiry.answered('T0', 'c'), null)
    assert.equal(inquiry.again('T0', 0), 0)
    const next: string[] = []
    for (const id of inquiry.start(0, false)) {
      inquiry.asked(id, ['c'])
      next.push(id)
    }
    assert.deepEqual(next, ['T65'])
    inquiry.asked('T0', ['c'])
    inquiry.end('T1')
    assert.deepEqual([...inquiry.start(0, false)].slice(0, 1), ['T66'])
  })

  test('P17 ten thousand in doubt: a bounded number in flight, all asked in the end', () => {
    const inquiry = new Inquiry(inquiryTiming)
    for (let number = 0; number < 10_000; number += 1) inquiry.begin(`T${number}`, 0, 0)
    const open: string[] = []
    const asked = new Set<string>()
    const ask = (scan: boolean) => {
      for (const id of inquiry.start(0, scan)) {
        inquiry.asked(id, ['c'])
        open.push(id)
        asked.add(id)
      }
    }
    ask(true)
    while (open.length > 0) {
      assert.ok(open.length <= 64)
      const id = open.shift()
      assert.ok(id !== undefined)
      inquiry.answered(id, 'c')
      inquiry.end(id)
      ask(false)
    }
    assert.equal(asked.size, 10_000)
  })
})
