import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../history.ts'
import { isFaultless, planOf } from '../plan.ts'
import { World } from '../world.ts'
import { agreement } from './agreement.ts'
import { allOrNone } from './all-or-none.ts'
import { boundedMemory } from './bounded-memory.ts'
import type { Checker } from './checker.ts'
import { files } from './files.ts'
import { noReversal } from './no-reversal.ts'
import { nonTriviality } from './non-triviality.ts'
import { termination } from './termination.ts'
import { trueAnswers } from './true-answers.ts'
import { unanimity } from './unanimity.ts'

// A checker that cannot speak would let everything pass: each looks at a world in which nothing is
// wrong, and then at what it forbids.

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1)

/** A sound world that has come to rest, and a transaction of it that committed everywhere. */
function sound(faultless = false): { world: World; fact: Fact } {
  const seed = SEEDS.find((each) => isFaultless(planOf(each)) === faultless)
  assert(seed !== undefined)
  const world = new World(planOf(seed))
  world.run()
  world.probe()
  world.restartAll()
  const fact = [...world.history.facts.values()].find(
    ({ outcome, yes, participants }) =>
      outcome?.decision === 'commit' && participants.every((node) => yes.has(node)),
  )
  assert(fact !== undefined, `nothing was committed with seed ${seed}`)
  return { world, fact }
}

/** Null before, and these words after something is wrong. */
function assertSees(
  checker: Checker,
  what: RegExp,
  harm: (world: World, fact: Fact) => void,
  faultless = false,
): void {
  const { world, fact } = sound(faultless)
  assert.equal(checker(world), null, 'what is in order')
  harm(world, fact)
  assert.match(checker(world) ?? 'nothing', what)
}

const n1 = ({ participantProcesses: [first] }: World) => {
  assert(first !== undefined)
  return first
}

test('AC1 one node decides otherwise', () => {
  assertSees(agreement, /^AC1 /, (_, { decisions }) => decisions.set('n1', new Set(['abort'])))
})

test('AC2 a node reverses its decision', () => {
  assertSees(noReversal, /^AC2 n1 reversed/, (_, { decisions }) => {
    decisions.get('n1')?.add('abort')
  })
})

test('AC3 a commit without a yes', () => {
  assertSees(unanimity, /^AC3 .* n1$/, (_, { yes }) => yes.delete('n1'))
})

test('AC4 an abort where all voted yes and nothing failed', () => {
  const aborts = (_: World, { decisions }: Fact) => decisions.set('c', new Set(['abort']))
  assertSees(nonTriviality, /^AC4 /, aborts, true)
})

test('AC5 a lock, a doubt, a decision that never came', () => {
  assertSees(termination, /^AC5 n1 holds a lock/, (world) => {
    n1(world).core.state.locks.set('p0.png', 'T0')
  })
  assertSees(termination, /^AC5 n1 never decided/, (_, { decisions }) => decisions.delete('n1'))
  assertSees(termination, /^AC5 not settled/, ({ stuck }) => stuck.push('not settled'))
})

test('an answer that is not true', () => {
  assertSees(trueAnswers, /^answer: .* did not commit/, (_, { decisions }) => {
    decisions.set('n1', new Set(['abort']))
  })
  assertSees(trueAnswers, /^answer: .* called finished/, ({ history }) => {
    history.lies.push('T0 was called finished')
  })
  assertSees(trueAnswers, /^answer: n1 counts \d+ likes/, ({ history }) => {
    history.likes('n1').done += 1_000
  })
})

test('a picture that is not what the committed transactions make of it', () => {
  assertSees(allOrNone, /on n1: .* expected/, (world) => {
    const { pictures } = n1(world).core.state
    const [name = 'p0.png'] = world.transactional
    const picture = { sha256: 'other', likes: 0, blob: 'b', size: 1, uploadTime: 0 }
    if (!pictures.delete(name)) pictures.set(name, picture)
  })
})

test('a node that forgets nothing', () => {
  assertSees(boundedMemory, /^P18 n1 remembers \d+ transactions/, (world, { transactionId }) => {
    for (const number of [1, 2, 3]) {
      const tombstone = {
        ...{ transactionId: `${transactionId}-${number}`, coordinatorId: 'c', order: null },
        ...{ coordinatorDisk: 'another', decision: 'abort' as const, reason: null },
      }
      n1(world).core.state.apply({ type: 'abort', tombstone })
    }
  })
})

test('a file too many, a picture without its bytes', () => {
  assertSees(files, /^n1 keeps files/, (world) => n1(world).blobs.set('stray', 'bytes'))
  assertSees(files, /^n1 has no bytes of/, (world) => {
    const [[, { blob }] = ['', { blob: '' }]] = n1(world).core.state.pictures
    n1(world).blobs.set(blob, 'other bytes')
  })
})
