import assert from 'node:assert/strict'
import { test } from 'node:test'
import { status } from '@grpc/grpc-js'
import { CodedError, catalogue, type ErrorCode, isErrorCode, messageOf } from './errors.ts'

const rows = Object.entries(catalogue) as [ErrorCode, (typeof catalogue)[ErrorCode]][]

test('every row has a gRPC status that is no OK, an HTTP status of an error, and a sentence', () => {
  for (const [code, { grpc, http, say }] of rows) {
    assert.match(code, /^[A-Z][A-Z_]+$/)
    assert.notEqual(grpc, status.OK, code)
    assert.ok(http >= 400 && http <= 599, code)
    assert.match(say, /^[A-Z]/, code)
  }
})

test('what the client did wrong is 4xx, what the server cannot do is 5xx', () => {
  const ours: readonly number[] = [status.INTERNAL, status.UNAVAILABLE, status.DATA_LOSS]
  for (const [code, { grpc, http }] of rows) {
    if (ours.includes(grpc)) assert.ok(http >= 500, code)
    if (grpc === status.INVALID_ARGUMENT) assert.ok(http < 500, code)
  }
})

test('the original sentences are kept', () => {
  assert.equal(catalogue.NO_FILE.say, 'No file provided')
  assert.equal(catalogue.EMPTY_FILENAME.say, 'Empty filename')
  assert.equal(catalogue.FILE_NOT_FOUND.say, 'File not found')
})

test('an error carries its code, both statuses and a detail', () => {
  const error = new CodedError('PICTURE_TOO_LARGE', 'at most 5 bytes')
  assert.deepEqual(
    [error.code, error.grpcStatus, error.httpStatus],
    [...['PICTURE_TOO_LARGE', status.RESOURCE_EXHAUSTED, 413]],
  )
  assert.equal(error.message, `${catalogue.PICTURE_TOO_LARGE.say} (at most 5 bytes)`)
  assert.equal(messageOf(error), error.message)
  assert.equal(messageOf('text'), 'text')
})

test('a code from outside is one of ours only if it is in the table', () => {
  assert.equal(isErrorCode('NO_FILE'), true)
  for (const other of ['', 'NO', 'toString', '__proto__', 'constructor']) {
    assert.equal(isErrorCode(other), false, other)
  }
})
