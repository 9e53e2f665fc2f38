import { judge } from './checkers/all.ts'
import { planOf } from './plan.ts'
import { World } from './world.ts'

export interface Result {
  readonly world: World
  /** Promises that were broken, or the assertion that stopped a core. */
  readonly found: readonly string[]
}

export function runSeed(seed: number, tracing = false): Result {
  const world = new World(planOf(seed), tracing)
  try {
    world.run()
    return { world, found: judge(world) }
  } catch (error) {
    return { world, found: [error instanceof Error ? `${error.stack}` : String(error)] }
  }
}
