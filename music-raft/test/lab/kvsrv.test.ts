import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeCommand } from '../../queue/command.ts'
import { ADD, VOTE } from '../../queue/test/support.ts'
import { ids } from '../../raft/test/build.ts'
import type { Routine } from '../../raft/test/lab/lab.ts'
import type { Clerk } from './clerk.ts'
import { replica } from './replica.ts'
import { queueLab } from './world.ts'

function* once(clerk: Clerk): Routine {
  yield* clerk.write(VOTE('t'))
}

describe('MIT 6.5840 kvsrv1 a service of one server', () => {
  test('TestReliablePut a write is answered, and read back', () => {
    queueLab({ servers: 1 }, (world) => {
      const clerk = world.clerk()
      assert.equal(world.run(clerk.write(ADD('t'))).code, 'OK')
      assert.equal(world.run(clerk.write(ADD('t'))).code, 'ALREADY_QUEUED')
      assert.equal(world.run(clerk.write(VOTE('u'))).code, 'NOT_QUEUED')
      assert.deepEqual(world.run(clerk.read()), ['t'])
    })
  })

  test('TestPutConcurrentReliable of ten that add the same track one does', () => {
    queueLab({ servers: 1 }, (world) => {
      const codes: string[] = []
      const add = function* (clerk: Clerk): Routine {
        const { code } = yield* clerk.write(ADD('t'))
        codes.push(code)
      }
      for (const _ of ids(10)) world.lab.spawn(add(world.clerk()))
      world.lab.join()
      assert.equal(codes.filter((code) => code === 'OK').length, 1)
      assert.equal(codes.filter((code) => code === 'ALREADY_QUEUED').length, 9)
    })
  })

  test('TestMemPutManyClientsReliable what is remembered of clients is bounded', () => {
    queueLab({ servers: 1, seeds: 1 }, (world) => {
      const maxSessions = 100
      world.run(world.clerk().write(ADD('t')))
      for (const n of ids(2000)) {
        const clientId = `00000000-0000-4000-8001-${n.toString(16).padStart(12, '0')}`
        const identity = { clientId, requestId: 1, maxSessions }
        world.lab.propose(1, encodeCommand({ identity, operation: VOTE('t') }), 'VOTE')
        if (n % 100 === 0) world.lab.sleep(20)
      }
      world.lab.until('all are applied', () => {
        return replica(world.lab, 1).queue.track('t')?.votes === 2000
      })
      assert.equal(replica(world.lab, 1).queue.sessionCount, maxSessions)
    })
  })

  test('TestUnreliableNet questions and answers get lost, each request counts once (R16)', () => {
    queueLab({ servers: 1, unreliable: true }, (world) => {
      const clerks = ids(20).map(() => world.clerk())
      world.run(world.clerk().write(ADD('t')))
      for (const clerk of clerks) world.lab.spawn(once(clerk))
      world.lab.join()
      assert(clerks.some(({ lost }) => lost > 0))
      assert.equal(replica(world.lab, 1).queue.track('t')?.votes, 20)
    })
  })
})
