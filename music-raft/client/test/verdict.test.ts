import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metadata, status } from '@grpc/grpc-js'
import { failureOf, type Verdict } from '../verdict.ts'

function failed(code: status, details: string, errorCode = ''): Error {
  const metadata = new Metadata()
  if (errorCode !== '') metadata.set('x-error-code', errorCode)
  return Object.assign(new Error(details), { code, details, metadata })
}

const table: readonly [Verdict, status, string, string?][] = [
  ['refused', status.INVALID_ARGUMENT, 'id must be …', 'INVALID_ARGUMENT'],
  ['refused', status.UNAUTHENTICATED, '', 'TOKEN_REQUIRED'],
  ['refused', status.UNIMPLEMENTED, 'The gateway serves queue.QueueService only.'],
  ['refused', status.FAILED_PRECONDITION, '', 'MEMBERSHIP_REFUSED'],
  ['refused', status.ABORTED, '', 'TRANSFER_FAILED'],
  ['refused', status.RESOURCE_EXHAUSTED, 'Received message larger than max (5 vs 4)'],
  ['later', status.RESOURCE_EXHAUSTED, '', 'OVERLOADED'],
  ['later', status.RESOURCE_EXHAUSTED, 'no words we know'],
  ['later', status.UNAVAILABLE, 'No Leader Elected Yet'],
  ['later', status.UNAVAILABLE, '', 'STOPPING'],
  ['later', status.UNAVAILABLE, '', 'NOTHING_SENT'],
  ['later', status.FAILED_PRECONDITION, '', 'NOT_LEADER'],
  ['later', status.UNAVAILABLE, 'No connection established. Last error: …'],
  ['later', status.DEADLINE_EXCEEDED, 'Deadline exceeded after 1.0s,Waiting for LB pick'],
  ['unsure', status.UNAVAILABLE, 'Connection dropped'],
  ['unsure', status.UNAVAILABLE, '', 'OUTCOME_UNKNOWN'],
  ['unsure', status.UNAVAILABLE, '', 'A_CODE_OF_A_LATER_VERSION'],
  ['unsure', status.DEADLINE_EXCEEDED, '', 'OUTCOME_UNKNOWN'],
  ['unsure', status.DEADLINE_EXCEEDED, 'Deadline exceeded after 1.0s,remote_addr=127.0.0.1:1'],
  ['unsure', status.CANCELLED, 'Cancelled on client'],
  ['unsure', status.INTERNAL, 'Received RST_STREAM with code 2'],
  ['unsure', status.UNKNOWN, ''],
]

for (const [verdict, code, details, errorCode] of table) {
  test(`L16 ${status[code]} ${errorCode ?? ''} ${details} is ${verdict}`, () => {
    assert.equal(failureOf(failed(code, details, errorCode)).verdict, verdict)
  })
}

test('what is no gRPC error is unsure', () => {
  assert.equal(failureOf(new Error('something else')).verdict, 'unsure')
})
