import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Request, Response } from 'express'
import { endWhenRead } from './linger.ts'

test('a sender that is gone when its request is refused is not waited for', async () => {
  const body = new PassThrough()
  const answer = new PassThrough()
  const call = [body as unknown as Request, answer as unknown as Response] as const
  body.destroy()
  await once(body, 'close')
  endWhenRead(...call)
  assert.equal(answer.writableEnded, true)
})

test('a body that still comes is read to its end before the answer ends', async () => {
  const body = new PassThrough()
  const answer = new PassThrough()
  endWhenRead(body as unknown as Request, answer as unknown as Response)
  body.write('some')
  assert.equal(answer.writableEnded, false)
  body.end('more')
  await once(body, 'end')
  assert.equal(answer.writableEnded, true)
})
