import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrowsOf } from './arrows.ts'
import { clockShifts } from './clocks.ts'
import { sceneOf } from './scene.ts'
import { COORDINATOR, PARTICIPANTS, Told } from './test/stream.ts'

const [ONE, TWO] = PARTICIPANTS

test('a commit is drawn from left to right: each lane in order, every message forwards', () => {
  const told = new Told()
  told.commit('t1')
  const scene = sceneOf(told.transaction('t1'), { everything: true })
  assert.equal(scene.arrows.length, 12)
  for (const { fromX, toX } of scene.arrows) assert.ok((fromX ?? 0) < (toX ?? 0))
  for (const node of [COORDINATOR, ...PARTICIPANTS]) {
    const xs = scene.marks.filter(({ moment }) => moment.node === node).map(({ x }) => x)
    assert.ok(xs.length > 5)
    assert.deepEqual(
      xs,
      xs.toSorted((a, b) => a - b),
    )
  }
  assert.equal(scene.locks.length, 3)
  for (const { fromX, toX } of scene.locks) assert.ok(toX !== null && toX > fromX)
  assert.ok(scene.ticks.length > 3)
  assert.equal(scene.ticks[0]?.at, 0)
})

test('all within one millisecond: what came after is drawn after', () => {
  const told = new Told()
  Object.defineProperty(told, 'time', { get: () => 5000, set: () => undefined })
  told.commit('t1')
  const { arrows, width } = sceneOf(told.transaction('t1'), { everything: true })
  assert.equal(arrows.length, 12)
  for (const { fromX, toX } of arrows) assert.ok((fromX ?? 0) < (toX ?? 0))
  assert.ok(width > 10)
})

test('a long pause is drawn short, and said', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  const before = sceneOf(told.transaction('t1'), { everything: true })
  told.time += 3_600_000
  told.decide('t1', 'abort')
  const { width, breaks } = sceneOf(told.transaction('t1'), { everything: true })
  assert.ok(width < before.width + 10)
  assert.deepEqual(
    breaks.map(({ ms }) => ms),
    [3_600_001],
  )
})

test('a message sent to a process that was down stays without arrival; its repetition arrives', () => {
  const told = new Told()
  told.begin('t1')
  const rpc = { kind: 'rpc', rpc: 'GlobalCommit', transactionId: 't1' }
  told.say(COORDINATOR, { ...rpc, direction: 'sent', peer: ONE })
  told.say(COORDINATOR, { ...rpc, direction: 'sent', peer: ONE })
  told.say(ONE, { ...rpc, direction: 'received', peer: COORDINATOR })
  const [lost, came] = arrowsOf(told.transaction('t1'))
  assert.equal(lost?.to, null)
  assert.ok((came?.from?.time ?? 0) > (lost?.from?.time ?? 0))
  assert.notEqual(came?.to, null)
})

test('a repetition that never arrived is not taken for the message that did', () => {
  const told = new Told()
  told.begin('t1')
  const rpc = { kind: 'rpc', rpc: 'GlobalCommit', transactionId: 't1' }
  told.say(COORDINATOR, { ...rpc, direction: 'sent', peer: ONE })
  told.say(ONE, { ...rpc, direction: 'received', peer: COORDINATOR })
  told.say(COORDINATOR, { ...rpc, direction: 'sent', peer: ONE })
  const arrows = arrowsOf(told.transaction('t1'))
  const came = arrows.find(({ to }) => to !== null)
  const lost = arrows.find(({ to }) => to === null)
  assert.ok((came?.from?.time ?? 9e9) < (lost?.from?.time ?? 0))
  assert.equal(arrows.length, 2)
})

test('the answer to who asked ends where it said what it was told', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  const rpc = { kind: 'rpc', rpc: 'DecisionRequest', transactionId: 't1' }
  told.say(ONE, { ...rpc, direction: 'sent', peer: COORDINATOR })
  told.say(COORDINATOR, { ...rpc, direction: 'received', peer: ONE })
  const reply = 'DecisionReply ABORT'
  told.say(COORDINATOR, { ...rpc, direction: 'replied', peer: ONE, reply })
  const decided = { kind: 'decided', transactionId: 't1', filename: 'a.png', decision: 'abort' }
  told.say(ONE, { ...decided, by: COORDINATOR, asked: true })
  const answer = arrowsOf(told.transaction('t1')).find(({ says }) => says === reply)
  assert.equal(answer?.from?.node, COORDINATOR)
  assert.equal(answer?.to?.node, ONE)
})

test('a lock whose end was not heard is drawn as far as is known', () => {
  const told = new Told()
  told.begin('t1')
  told.vote('t1', ONE)
  assert.equal(sceneOf(told.transaction('t1'), { everything: true }).locks[0]?.toX, null)
  told.unheard(ONE, 2)
  told.status(ONE)
  const { locks, gaps } = sceneOf(told.transaction('t1'), { everything: true })
  assert.deepEqual([locks[0]?.unheardEnd, gaps.length, gaps[0]?.missing], [true, 1, 2])
})

test('a clock that is wrong is moved as little as makes the story possible, a right one not at all', () => {
  const shifts = (skew: number) => {
    const told = new Told()
    told.begin('t1')
    const rpc = { kind: 'rpc', rpc: 'VoteRequest', transactionId: 't1', reply: 'VoteCommit' }
    const base = told.time
    const say = (node: string, direction: string, peer: string, time: number) => {
      told.time = time - 1
      told.say(node, { ...rpc, direction, peer })
    }
    say(COORDINATOR, 'sent', ONE, base)
    say(ONE, 'received', COORDINATOR, base + 4 + skew)
    say(ONE, 'replied', COORDINATOR, base + 6 + skew)
    say(COORDINATOR, 'answered', ONE, base + 10)
    return clockShifts(arrowsOf(told.transaction('t1')), COORDINATOR).get(ONE) ?? 0
  }
  assert.equal(shifts(0), 0)
  assert.equal(shifts(5), 0, 'it may be right: 1 ms is left')
  const fast = shifts(5000)
  assert.ok(fast <= -4996 && fast >= -5004, `${fast}`)
  const slow = shifts(-5000)
  assert.ok(slow >= 4996 && slow <= 5004, `${slow}`)
})

test('what nobody waits for is left out of the short story', () => {
  const told = new Told()
  told.commit('t1')
  told.say(COORDINATOR, {
    ...{ kind: 'forced', tookMs: 1, count: 1, records: [{ type: 'end', transactionId: 't1' }] },
  })
  const all = sceneOf(told.transaction('t1'), { everything: true })
  const brief = sceneOf(told.transaction('t1'), { everything: false })
  assert.equal(all.marks.length, brief.marks.length + 1)
  assert.equal(told.transaction('t1').lanes.has(TWO), true)
})
