import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '../../common/logger.ts'
import { Teller } from './events.ts'

function lines(): { log: Logger; printed: string[] } {
  const printed: string[] = []
  const log = { warn: (line: string) => printed.push(line), info: (line: unknown) => line }
  return { log: log as unknown as Logger, printed }
}

const ignored = (from: number) =>
  ({ kind: 'messageIgnored', from, type: 'RequestVote', reason: 'absurd term' }) as const

test('messages ignored are told, but no flood of them fills the log', () => {
  const { log, printed } = lines()
  let now = 0
  const teller = new Teller(log, 1, { now: () => now })
  teller.tell(ignored(9))
  assert.deepEqual(printed, ['Node 1 ignores RequestVote from Node 9 · absurd term'])
  // Under many names a message a millisecond for over a minute: a line a second, not one each.
  for (let i = 0; i < 65_000; i += 1) {
    now += 1
    teller.tell(ignored(i))
  }
  assert(printed.length > 10 && printed.length <= 70, `${printed.length} lines`)
  const counted = printed.map((line) => Number(/ignored (\d+) others/.exec(line)?.[1] ?? 0))
  const untold = 65_001 - printed.length - counted.reduce((sum, each) => sum + each, 0)
  assert(untold < 10_000, `${untold} neither told nor counted yet`)
  now += 10_000
  teller.tell(ignored(9))
  assert.match(printed.at(-1) ?? '', /, and ignored \d+ others since it last said so$/)
})
