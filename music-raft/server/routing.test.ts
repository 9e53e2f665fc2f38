import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { QueueMachine } from '../queue/queue.ts'
import { Answers } from './answers.ts'
import { Refused } from './requests.ts'
import { Router, type RouterParts } from './routing.ts'

const write = { method: 'AddTrack', command: 'ADD', data: new Uint8Array(), brief: false } as const
const ANSWER = Buffer.from('answer')
const FOREVER = Number.POSITIVE_INFINITY

/** Node 1's; every other node answers. */
function router(parts: Partial<RouterParts>): Router {
  return new Router({
    ...{ self: 1, timeoutMs: 5000, maxForwarded: 10 },
    leader: () => 1,
    leaderChange: async () => undefined,
    peer: () => ({ forward: async () => ({ code: '', detail: '', response: ANSWER }) }),
    propose: () => Promise.reject(new Refused('transferring', null)),
    answers: new Answers(() => new QueueMachine()),
    ...parts,
  })
}

test('L9 a write refused during a hand-over that is over by then goes to the next leader at once', async () => {
  let leader = 1
  let waits = 0
  const handingOver = router({
    leader: () => leader,
    propose: () => {
      leader = 2
      return Promise.reject(new Refused('transferring', null))
    },
    leaderChange: async () => {
      waits += 1
    },
  })
  assert.equal(await handingOver.anywhere(write, FOREVER), ANSWER)
  assert.equal(waits, 0, 'no further change comes')
})

test('L9 a write refused where nobody leads at that moment waits for the next leader', async () => {
  let leader: number | null = 1
  const steppingDown = router({
    leader: () => leader,
    propose: () => {
      leader = null
      return Promise.reject(new Refused('notLeader', null))
    },
    leaderChange: async () => {
      leader = 2
    },
  })
  assert.equal(await steppingDown.anywhere(write, FOREVER), ANSWER)
})

test('L16 a write whose time is up before it was sent is refused, and not sent any more', async () => {
  let sent = 0
  const unreached = router({
    leader: () => 2,
    timeoutMs: 20,
    leaderChange: (withinMs) => sleep(withinMs + 5),
    peer: () => ({
      forward: () => {
        sent += 1
        return Promise.reject(new Refused('notLeader', null))
      },
    }),
  })
  await assert.rejects(unreached.anywhere(write, FOREVER), Refused)
  assert.equal(sent, 1)
})

test('L16 a client hears that nothing was sent before its own time is up', async () => {
  const patience: number[] = []
  const unreached = router({
    leader: () => 2,
    leaderChange: async (withinMs) => {
      patience.push(withinMs)
    },
    peer: () => ({ forward: () => Promise.reject(new Refused('notLeader', null)) }),
  })
  await assert.rejects(unreached.anywhere(write, 1000), Refused)
  assert.equal(patience.length, 2)
  for (const ms of patience) assert(ms <= 900, `${ms} of 1000 ms`)
})
