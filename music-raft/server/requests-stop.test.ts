import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CodedError } from '../../common/errors.ts'
import type { Input } from '../raft/ready.ts'
import { type Refused, Requests } from './requests.ts'

/** A request that was given to the core; `place` puts it into the log there. */
function open(requests: Requests, place?: { index: number; term: number }) {
  let requestId = 0
  const done = requests.open(
    () => undefined,
    (id): Input => {
      requestId = id
      return { kind: 'read', requestId: id }
    },
  )
  const told = done.then(
    () => 'done',
    (error: unknown) => (error instanceof CodedError ? error.code : (error as Refused).reason),
  )
  if (place !== undefined) requests.answer({ kind: 'accepted', requestId, ...place })
  return told
}

const requests = () => new Requests(1000, 10)

test('TestShutdown4A L16 when the node stops, what is in the log may yet take effect; the rest was refused', async () => {
  const pending = requests()
  const [inLog, notYet] = [open(pending, { index: 7, term: 2 }), open(pending)]
  pending.rejectAll(new CodedError('STOPPING'))
  assert.deepEqual([await inLog, await notYet], ['OUTCOME_UNKNOWN', 'STOPPING'])
  assert.equal(pending.size, 0)
})
