import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { decodeSegmentHeader } from '../../../common/record-log/segment.ts'
import { Coverage } from './coverage.ts'

// In a file of its own: only functions that first run while it counts are counted block by block.
const coverage = new Coverage()
after(() => coverage.close())

test('fuzz: coverage tells what reaches a block for the first time, until it is learned', () => {
  const look = (bytes: Buffer) => {
    coverage.sawNew()
    decodeSegmentHeader(bytes)
    const saw = coverage.sawNew()
    coverage.learn(coverage.found)
    return saw
  }
  assert.equal(look(Buffer.alloc(10)), true)
  assert.equal(look(Buffer.alloc(10)), false)
  assert.equal(look(Buffer.alloc(64)), true)
  assert.equal(look(Buffer.alloc(64)), false)
})
