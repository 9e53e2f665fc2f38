import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CodedError } from '../../common/errors.ts'
import type { Input } from '../raft/ready.ts'
import { Refused, Requests } from './requests.ts'

const read = (requestId: number): Input => ({ kind: 'read', requestId })
const at = (requestId: number, index: number, term: number) =>
  ({ kind: 'accepted', requestId, index, term }) as const

function opened(timeoutMs = 1000, most = 10) {
  const requests = new Requests(timeoutMs, most)
  const inputs: Input[] = []
  const open = () => requests.open((input) => inputs.push(input), read)
  return { requests, inputs, open }
}

const code = (expected: string) => (error: unknown) =>
  error instanceof CodedError && error.code === expected

describe('requests on their way', () => {
  test('done when their entry is applied, in their term', async () => {
    const { requests, open } = opened()
    const done = open()
    requests.answer(at(1, 5, 2))
    requests.applied(4, 2, null)
    const early = await Promise.race([done, nextTurn('not yet')])
    assert.equal(early, 'not yet', 'O5 what is in a log may be lost again')
    requests.applied(5, 2, null)
    assert.deepEqual(await done, { index: 5, outcome: null })
    assert.equal(requests.size, 0)
  })

  test('another entry applied at their place: they took no effect', async () => {
    const { requests, open } = opened()
    const done = open()
    requests.answer(at(1, 5, 2))
    requests.applied(5, 3, null)
    await assert.rejects(done, (error) => error instanceof Refused && error.reason === 'replaced')
  })

  test('Figure 3.7 another entry merely taken at their place: nobody knows', async () => {
    const { requests, open } = opened()
    const [first, second] = [open(), open()]
    requests.answer(at(1, 5, 2))
    requests.answer(at(2, 5, 4))
    await assert.rejects(first, code('OUTCOME_UNKNOWN'))
    requests.applied(5, 4, null)
    assert.equal((await second).index, 5)
  })

  test('covered by a snapshot: nobody knows', async () => {
    const { requests, open } = opened()
    const [covered, later] = [open(), open()]
    requests.answer(at(1, 5, 2))
    requests.answer(at(2, 9, 2))
    requests.covered(8)
    await assert.rejects(covered, code('OUTCOME_UNKNOWN'))
    requests.applied(9, 2, null)
    assert.equal((await later).index, 9)
  })

  test('L16 time is up: nobody knows, and what comes later disturbs nothing', async () => {
    const { requests, open } = opened(10)
    const done = open()
    requests.answer(at(1, 5, 2))
    requests.expire(performance.now() + 1000)
    await assert.rejects(done, code('OUTCOME_UNKNOWN'))
    requests.applied(5, 2, null)
    assert.equal(requests.size, 0)
  })

  test('more than may wait are refused at once and never submitted', async () => {
    const { requests, inputs, open } = opened(1000, 2)
    const waiting = [open(), open()]
    await assert.rejects(open(), code('OVERLOADED'))
    assert.equal(inputs.length, 2)
    requests.rejectAll(new CodedError('STOPPING'))
    for (const each of waiting) await assert.rejects(each, code('STOPPING'))
  })
})
