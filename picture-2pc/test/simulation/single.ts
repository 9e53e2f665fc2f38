import { strict as assert } from 'node:assert'
import type { Decision, NodeName, Operation } from '../../protocol/messages.ts'
import { judge } from './checkers/all.ts'
import { mixed, upload } from './client.ts'
import { type NetworkModel, perfect } from './network.ts'
import { calm, type Plan } from './plan.ts'
import { type Strike, Strikes } from './strikes.ts'
import { World } from './world.ts'

/** One transaction on a quiet cluster of three. */
export interface Scenario {
  readonly operation: Operation['kind']
  /** Whether all can commit, or the third participant must vote no. */
  readonly votes: 'all yes' | 'one no'
}

export interface Course {
  /** Places at which something could strike, by process. */
  readonly points: ReadonlyMap<NodeName, number>
  /** Those that lay behind when the first strike fell. */
  readonly passed: ReadonlyMap<NodeName, number>
  readonly decision: Decision | 'none'
}

export interface Conditions {
  readonly keeps: Plan['keeps']
  readonly network: NetworkModel
}

/** Every message comes twice, and the copies are overtaken by anything. */
export const doubling: NetworkModel = { ...perfect, duplicate: 1, straggle: 0.5, slow: 2_000 }
export const plain: Conditions = { keeps: 'none', network: perfect }

const old = upload('old')

/** A quiet cluster that holds the picture, and its transaction, not yet begun. */
export function quietCluster(scenario: Scenario, keeps: Plan['keeps']): [World, Operation] {
  const world = new World({ ...calm, pictures: 0, tick: 100, keeps })
  world.start()
  const refuser = scenario.votes === 'one no' ? world.participantProcesses[2] : undefined
  for (const process of world.participantProcesses) {
    const lacks = process === refuser && scenario.operation !== 'upload'
    const request = { kind: 'Plain', filename: mixed, operation: old } as const
    if (!lacks) process.handle(request, () => undefined)
  }
  if (scenario.operation === 'upload') refuser?.setSpace('none')
  world.scheduler.run(50)
  return [world, scenario.operation === 'upload' ? upload('new') : { kind: scenario.operation }]
}

/** Runs it with these strikes. All promises must hold; returns the places at which more could strike. */
export function runSingle(
  scenario: Scenario,
  strikes: readonly Strike[],
  { keeps, network }: Conditions = plain,
): Course {
  const [world, operation] = quietCluster(scenario, keeps)
  const adversary = new Strikes(world, strikes)
  world.adversary = adversary
  world.network.model = network
  // What is overtaken comes after the vote timeout, like a message that was lost.
  if (network.straggle > 0) world.history.count('strikes')
  const begun = { kind: 'Begin', filename: mixed, operation } as const
  world.coordinator.handle(begun, () => undefined)
  const isOver = () => {
    if (!adversary.allFired || !world.isSettled) return false
    const [fact] = world.history.facts.values()
    return fact?.outcome != null || world.history.counts.has('crashes')
  }
  const story = JSON.stringify({ scenario, strikes, keeps })
  assert.ok(world.scheduler.run(60_000, isOver), `not decided and unlocked: ${story}`)
  // Copies that are still under way, and aborts that are repeated as a courtesy.
  world.scheduler.run(network === doubling ? 2_500 : 300)
  assert.ok(world.scheduler.run(20_000, isOver), `not settled: ${story}`)
  const decision = checkPictures(world, scenario, story)
  const { points, passed } = adversary
  world.heal()
  world.scheduler.run(4_000)
  assert.deepEqual(judge(world), [], story)
  return { points, passed, decision }
}

/** The picture is what the decision makes of it: everywhere, or nowhere. */
export function checkPictures(world: World, scenario: Scenario, story: string): Decision | 'none' {
  const committed = world.history.commits.length > 0
  const kept = (sha256: string, likes: number) => `${sha256} ${likes}`
  const after = { delete: 'none', like: kept('old', 1), upload: kept('new', 0) }
  for (const process of world.participantProcesses) {
    const lacks =
      scenario.votes === 'one no' &&
      scenario.operation !== 'upload' &&
      process === world.participantProcesses[2]
    const before = lacks ? 'none' : kept('old', 0)
    const picture = process.core.state.pictures.get(mixed)
    const found = picture === undefined ? 'none' : kept(picture.sha256, picture.likes)
    assert.equal(found, committed ? after[scenario.operation] : before, `${process.name} ${story}`)
  }
  const [fact] = world.history.facts.values()
  if (committed) return 'commit'
  return fact === undefined || fact.decisions.size === 0 ? 'none' : 'abort'
}
