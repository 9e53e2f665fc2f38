import type { World } from '../world.ts'
import { agreement } from './agreement.ts'
import { allOrNone } from './all-or-none.ts'
import { boundedMemory } from './bounded-memory.ts'
import { noReversal } from './no-reversal.ts'
import { nonTriviality } from './non-triviality.ts'
import { termination } from './termination.ts'
import { trueAnswers } from './true-answers.ts'
import { unanimity } from './unanimity.ts'

const checkers = [
  ...[agreement, noReversal, unanimity, nonTriviality, termination],
  ...[trueAnswers, allOrNone, boundedMemory],
]

/** Every broken promise. */
export function violations(world: World): readonly string[] {
  return checkers.map((check) => check(world)).filter((found) => found !== null)
}
