import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { drained } from './drained.ts'

test('a wait ends when the stream drains or is over, and leaves no listener behind', async () => {
  const stream = new EventEmitter()
  const over = drained(stream, 'cancelled')
  stream.emit('cancelled')
  await over
  for (let wait = 0; wait < 20; wait++) {
    const waiting = drained(stream, 'close')
    stream.emit('drain')
    await waiting
  }
  const broken = drained(stream, 'close')
  stream.emit('error', new Error('reset'))
  await assert.rejects(broken, /reset/)
  assert.deepEqual(stream.eventNames(), [])
})
