import assert from 'node:assert/strict'
import { test } from 'node:test'
import { queueModel } from '../queue-model.ts'
import { answerOf } from '../queue-words.ts'
import { seeded } from './generate.ts'
import { anyInput } from './queue-machine.ts'

test('what by itself makes a wrong answer right helps, and most of the rest does not', () => {
  const model = queueModel()
  const random = seeded(4)
  let [needed, useless, tried] = [0, 0, 0]
  let state = model.initial
  for (let i = 0; i < 20_000; i++) {
    const [candidate, input] = [anyInput(random, 5), anyInput(random, 5)]
    const after = model.step(state, candidate, null)
    assert.ok(after !== null)
    const output = answerOf(after, input)
    const isWrong = model.step(state, input, output) === null
    const isHelpful = model.helps?.(state, input, output, candidate) === true
    if (isWrong) {
      needed += 1
      const told = JSON.stringify({ queue: state.queue, candidate, input, output })
      assert.ok(isHelpful, `it would be left out: ${told}`)
      const other = anyInput(random, 5)
      tried += 1
      if (model.helps?.(state, input, output, other) !== true) useless += 1
    }
    // now and then from the start, or histories grow without end
    if (random() < 0.5) state = random() < 0.02 ? model.initial : after
  }
  assert.ok(needed > 2000, `${needed} wrong answers`)
  assert.ok(useless > tried / 2, `${useless} of ${tried} left out`)
})
