import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../check.ts'
import type { Model, Operation, Verdict } from '../history.ts'
import { queueModel } from '../queue-model.ts'
import { isLinearizable } from './brute-force.ts'
import { corrupt, generate, pick, seeded } from './generate.ts'
import { anyInput, OneQueue, otherOutput } from './queue-machine.ts'
import { type RegisterInput, type RegisterOutput, registers } from './register.ts'

const HISTORIES = 6000
const SIZES = [1, 2, 3, 4, 5, 6]

interface Tally {
  ok: number
  violations: number
  unknown: number
}

/** Fails where the checker and the definition differ; counts what it saw. */
function compare<S, I, O>(model: Model<S, I, O>, history: Operation<I, O>[], tally: Tally): void {
  const verdict = check(model, history)
  const told = JSON.stringify(history, null, 1)
  assert.notEqual(verdict.kind, 'undecided', told)
  const expected = isLinearizable(model, history)
  assert.equal(
    verdict.kind === 'ok',
    expected,
    `it is ${expected ? '' : 'not '}linearizable: ${told}`,
  )
  if (expected) tally.ok += 1
  else tally.violations += 1
  if (history.some((operation) => operation.return === null)) tally.unknown += 1
  proves(model, history, verdict)
}

/** What a verdict shows must be true by itself. */
function proves<S, I, O>(
  model: Model<S, I, O>,
  history: readonly Operation<I, O>[],
  verdict: Verdict<S, I, O>,
): void {
  if (verdict.kind === 'violation') {
    const { window } = verdict
    assert.ok(window.operations.includes(window.blocked))
    assert.ok(window.states.length > 0)
    inOrder(model, verdict.longestPrefix)
    return
  }
  if (verdict.kind === 'undecided') return
  const placed = new Set(verdict.linearization)
  assert.equal(placed.size, verdict.linearization.length, 'an operation takes effect once')
  for (const operation of history) {
    if (operation.return !== null && operation.refused !== true) assert.ok(placed.has(operation))
  }
  if (model.partition === undefined) inOrder(model, verdict.linearization)
}

function inOrder<S, I, O>(model: Model<S, I, O>, order: readonly Operation<I, O>[]): void {
  let state: S | null = model.initial
  let latestCall = Number.NEGATIVE_INFINITY
  for (const { call, return: end, input, output } of order) {
    latestCall = Math.max(latestCall, call)
    assert.ok(end === null || end >= latestCall, 'the order of time is kept')
    state = model.step(state, input, output)
    assert.ok(state !== null, 'the model explains each answer')
  }
}

test('R15 the checker and the definition agree about queues', () => {
  const tally: Tally = { ok: 0, violations: 0, unknown: 0 }
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = seeded(seed)
    const bounds = random() < 0.2 ? { maxTracks: 2, maxHistory: 1 } : {}
    const queue = new OneQueue(bounds)
    const names = pick(random, [1, 2, 4])
    const history = generate({
      random,
      clients: pick(random, [1, 2, 3, 6]),
      operations: pick(random, SIZES),
      unknown: pick(random, [0, 0.2, 0.6]),
      input: (from) => anyInput(from, names),
      apply: (input) => queue.ask(input),
    })
    const model = queueModel(bounds)
    assert.equal(check(model, history).kind, 'ok', `seed ${seed} is valid by construction`)
    const broken = corrupt(random, history, otherOutput)
    compare(model, random() < 0.3 ? corrupt(random, broken, otherOutput) : broken, tally)
  }
  assert.ok(tally.ok > HISTORIES / 5 && tally.violations > HISTORIES / 5, JSON.stringify(tally))
  assert.ok(tally.unknown > HISTORIES / 5, JSON.stringify(tally))
})

test('the checker and the definition agree about registers, split by name', () => {
  const tally: Tally = { ok: 0, violations: 0, unknown: 0 }
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = seeded(-seed)
    const state = new Map<string, number>()
    const history = generate<RegisterInput, RegisterOutput>({
      random,
      clients: 3,
      operations: pick(random, SIZES),
      unknown: pick(random, [0, 0.3]),
      input: anyRegisterInput,
      apply: (input) => applyRegister(state, input),
    })
    assert.equal(check(registers, history).kind, 'ok', `seed ${seed} is valid by construction`)
    const broken = corrupt(random, history, (_, output) =>
      typeof output === 'boolean' ? !output : output + 1,
    )
    compare(registers, broken, tally)
    const { partition: _, ...whole } = registers
    compare<ReadonlyMap<string, number>, RegisterInput, RegisterOutput>(whole, broken, tally)
  }
  assert.ok(tally.ok > HISTORIES / 5 && tally.violations > HISTORIES / 5, JSON.stringify(tally))
})

function anyRegisterInput(random: () => number): RegisterInput {
  const key = pick(random, ['x', 'y'])
  const value = Math.floor(random() * 3)
  return pick<RegisterInput>(random, [
    { kind: 'read', key },
    { kind: 'write', key, value },
    { kind: 'swap', key, from: value, to: Math.floor(random() * 3) },
  ])
}

function applyRegister(state: Map<string, number>, input: RegisterInput): RegisterOutput {
  const value = state.get(input.key) ?? 0
  if (input.kind === 'read') return value
  if (input.kind === 'write') {
    state.set(input.key, input.value)
    return 0
  }
  if (value !== input.from) return false
  state.set(input.key, input.to)
  return true
}
