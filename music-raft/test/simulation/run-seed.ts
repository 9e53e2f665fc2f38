import { planOf } from './plan.ts'
import { World } from './world.ts'

export interface Result {
  readonly world: World
  /** What is wrong; null: nothing. */
  readonly failure: string | null
}

/** One cluster from birth to judgement. */
export async function runSeed(seed: number, tracing = false): Promise<Result> {
  const world = new World(planOf(seed), tracing)
  await world.run()
  return { world, failure: world.failure }
}
