import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { endWhenRead } from './linger.ts'

test('a sender that is gone when its request is refused is not waited for', async () => {
  const body = new PassThrough()
  const answer = new PassThrough()
  const call = [body as unknown as IncomingMessage, answer as unknown as ServerResponse] as const
  body.destroy()
  await once(body, 'close')
  endWhenRead(...call)
  assert.equal(answer.writableEnded, true)
})

test('a body that still comes is read to its end before the answer ends', async () => {
  const body = new PassThrough()
  const answer = new PassThrough()
  endWhenRead(body as unknown as IncomingMessage, answer as unknown as ServerResponse)
  body.write('some')
  assert.equal(answer.writableEnded, false)
  body.end('more')
  await once(body, 'end')
  assert.equal(answer.writableEnded, true)
})
