import { strict as assert } from 'node:assert'
import type { Decision, NodeName, Operation } from '../../protocol/messages.ts'
import { judge } from '../simulation/checkers/all.ts'
import { mixed } from '../simulation/client.ts'
import type { Plan } from '../simulation/plan.ts'
import { checkPictures, quietCluster } from '../simulation/single.ts'
import { Blocked } from './blocked.ts'
import { AtMoment, type Fault } from './faults.ts'
import { coordinator, type Moment } from './moments.ts'

/** What became of one transaction. */
export interface Run {
  readonly decision: Decision | 'none'
  /** What the client heard; null: nothing. */
  readonly answer: Decision | null
  /** Virtual milliseconds until it did. */
  readonly answeredAfter: number
  /** Virtual milliseconds that each participant held its lock. */
  readonly locked: ReadonlyMap<NodeName, number>
}

export interface Cell {
  readonly moment: Moment
  readonly victim: NodeName
  readonly fault: Fault
}

export interface Variant {
  readonly operation: Operation['kind']
  /** Whether a record that is being written at a crash reached the disk. */
  readonly keeps: Exclude<Plan['keeps'], 'some'>
}

/**
 * Runs one transaction on which all vote yes, with one fault at one moment. Rejects what breaks a
 * promise: AC1–AC5, a lock or a file left behind, pictures on some nodes only, an untrue answer.
 */
export function runCell(cell: Cell, { operation: kind, keeps }: Variant): Run {
  const { moment, victim, fault } = cell
  const story = `${moment.id} ${moment.title} × ${victim} × ${fault}, ${kind}, keeps ${keeps}`
  const scenario = { operation: kind, votes: 'all yes' } as const
  const [world, operation] = quietCluster(scenario, keeps)
  const strike = new AtMoment(world, moment, world.process(victim), fault)
  world.adversary = strike
  const blocked = new Blocked(world)
  const began = world.scheduler.now
  let answer: Decision | null = null
  let answeredAfter = 0
  world.coordinator.handle({ kind: 'Begin', filename: mixed, operation }, (reply) => {
    if (reply.kind !== 'outcome') return
    assert.equal(answer, null, `answered twice: ${story}`)
    answer = reply.outcome.decision
    answeredAfter = world.scheduler.now - began
  })
  const crashes = victim === coordinator && fault === 'crash'
  const isOver = () => {
    blocked.observe()
    return strike.fired && world.isSettled && (answer !== null || crashes)
  }
  assert.ok(world.scheduler.run(60_000, isOver), `not decided and unlocked: ${story}`)
  // Copies that are still under way, aborts that are repeated as a courtesy, and whoever is still cut.
  world.scheduler.run(6_000, () => {
    blocked.observe()
    return false
  })
  assert.ok(world.scheduler.run(60_000, isOver), `not settled: ${story}`)
  const decision = checkPictures(world, scenario, story)
  if (answer !== null) assert.equal(answer, decision, `the answer was not true: ${story}`)
  if (fault === 'duplicate') assert.equal(decision, 'commit', `AC4 nothing failed: ${story}`)
  world.heal()
  world.scheduler.run(4_000)
  assert.deepEqual(judge(world), [], story)
  return { decision, answer, answeredAfter, locked: blocked.totals }
}
