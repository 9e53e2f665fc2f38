import type { World } from '../world.ts'
import { agreement } from './agreement.ts'
import { allOrNone } from './all-or-none.ts'
import { boundedMemory } from './bounded-memory.ts'
import { files } from './files.ts'
import { noReversal } from './no-reversal.ts'
import { nonTriviality } from './non-triviality.ts'
import { termination } from './termination.ts'
import { trueAnswers } from './true-answers.ts'
import { unanimity } from './unanimity.ts'

const promises = [
  ...[agreement, noReversal, unanimity, nonTriviality, termination],
  ...[trueAnswers, allOrNone, boundedMemory, files],
]

/**
 * Every broken promise in a world that has come to rest. Looks at the pictures twice, since the probes
 * in between replace them.
 */
export function judge(world: World): readonly string[] {
  const atRest = allOrNone(world)
  world.probe()
  world.restartAll()
  return [atRest, ...promises.map((check) => check(world))].filter((found) => found !== null)
}
