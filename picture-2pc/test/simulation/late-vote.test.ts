import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { judge } from './checkers/all.ts'
import { mixed, upload } from './client.ts'
import { calm } from './plan.ts'
import { storyOf } from './story.ts'
import { World } from './world.ts'

/**
 * 1. n1 votes yes; nothing else it sends reaches the coordinator. 2. The VoteRequest to n2 is slow.
 * 3. n1, in doubt, asks n2, which never voted: abort. n1 aborts. 4. n2 crashes and restarts. 5. The
 * VoteRequest reaches n2, while the coordinator still waits for its vote.
 */
function run(): World {
  const delivery = { ackTimeout: 500, first: 50, most: 400 }
  const patient = { voteTimeout: 5_000, inquiry: { first: 100, most: 200 }, inquiryTimeout: 50 }
  const world = new World({ ...calm, ...patient, participants: 2, pictures: 0, delivery }, true)
  world.start()
  for (const process of world.participantProcesses) {
    const old = { kind: 'Plain', filename: mixed, operation: upload('old') } as const
    process.handle(old, () => undefined)
  }
  world.scheduler.run(50)
  world.network.hold('c', 'n2', 1_000)
  const begun = { kind: 'Begin', filename: mixed, operation: { kind: 'like' } } as const
  world.coordinator.handle(begun, () => undefined)
  const [n1, n2] = world.participantProcesses
  assert.ok(n1 !== undefined && n2 !== undefined)
  const [fact] = world.history.facts.values()
  assert.ok(fact !== undefined)
  assert.ok(world.scheduler.run(5_000, () => fact.yes.has('n1')))
  world.scheduler.run(5)
  world.network.cut('n1', 'c', 2_000)
  assert.ok(
    world.scheduler.run(900, () => fact.decisions.has('n1') || n1.core.state.prepared.size === 0),
  )
  n2.crash()
  n2.start()
  world.scheduler.run(4_000)
  world.heal()
  world.settle()
  return world
}

test('P16 who never voted and promised a peer to abort keeps it, also after a crash', () => {
  const world = run()
  const found = judge(world)
  if (process.env['MUTATION_STORY'] !== undefined) console.log(storyOf(world.lines ?? [], found))
  assert.deepEqual(found, [])
  assert.equal(world.history.counts.get('told by a peer'), 1)
  assert.equal(world.history.counts.get('TRANSACTION_ABORTED'), 1)
})
