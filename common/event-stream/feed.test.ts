import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HEARTBEAT_MS, LINGER_MS, MAX_VIEWERS, STUCK_MS } from './feed.ts'
import { Ring } from './ring.ts'
import { TestSink, testLog } from './test/world.ts'

/** Longer than new events wait for others. */
const FLUSH_MS = 30

test('while nobody looks nothing is kept, counted or waited for; a story is', () => {
  const { log, clock, made, happen } = testLog()
  happen(100)
  assert.equal(log.active, false)
  assert.equal(log.sequence, 0)
  assert.equal(clock.waiting, 0)
  assert.equal(made.states, 0)
  log.tell({ kind: 'thing', number: 1 })
  const sink = new TestSink()
  log.feed.attach(sink)
  const [hello, snapshot] = sink.events
  assert.deepEqual([hello?.kind, hello?.['resumed'], hello?.['missed']], ['hello', 'fresh', 0])
  assert.deepEqual(snapshot?.['state'], { states: 1 })
  assert.deepEqual(snapshot?.['story'], [
    { node: 'a', start: 'run1', sequence: 1, time: 1000, kind: 'thing', number: 1 },
  ])
  assert.equal(snapshot?.sequence, 1)
})

test('events reach all who look, numbered from 1 without a hole, and a state every second', () => {
  const { log, clock, happen } = testLog({ capacity: 100 })
  const sinks = [new TestSink(), new TestSink()]
  for (const sink of sinks) log.feed.attach(sink)
  happen(3)
  assert.deepEqual(sinks[0]?.kinds, ['hello', 'snapshot'])
  clock.advance(FLUSH_MS)
  happen(2)
  clock.advance(1100)
  for (const sink of sinks) {
    const told = sink.events.slice(2)
    assert.deepEqual(
      told.map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6],
    )
    assert.deepEqual(told.map(({ kind }) => kind).slice(-2), ['thing', 'status'])
  }
})

test('T9 one who lost the connection goes on behind the last id; what fell out of the ring is counted', () => {
  const { log, clock, happen } = testLog({ capacity: 8 })
  const first = new TestSink()
  const attached = log.feed.attach(first)
  happen(3)
  clock.advance(FLUSH_MS)
  attached.detach()
  happen(4)
  const second = new TestSink()
  const again = log.feed.attach(second, { after: first.lastId })
  const [hello, snapshot, ...told] = second.events
  assert.deepEqual([hello?.['resumed'], hello?.['missed']], ['continued', 0])
  assert.equal(snapshot?.sequence, 7)
  assert.deepEqual(
    told.map(({ sequence }) => sequence),
    [4, 5, 6, 7],
  )
  again.detach()
  happen(10)
  const third = new TestSink()
  log.feed.attach(third, { after: second.lastId })
  assert.deepEqual([third.events[0]?.['resumed'], third.events[0]?.['missed']], ['continued', 2])
  assert.deepEqual(
    third.events.slice(2).map(({ sequence }) => sequence),
    [10, 11, 12, 13, 14, 15, 16, 17],
  )
})

test('an id of another run, or of a time when nobody looked, claims nothing', () => {
  const { log, clock, happen } = testLog()
  const first = new TestSink()
  const attached = log.feed.attach(first)
  happen(3)
  clock.advance(FLUSH_MS)
  attached.detach()
  clock.advance(LINGER_MS + 1)
  assert.equal(log.active, false)
  assert.equal(clock.waiting, 0)
  happen(5)
  const late = new TestSink()
  log.feed.attach(late, { after: first.lastId })
  assert.deepEqual([late.events[0]?.['resumed'], late.events[0]?.['missed']], ['continued', null])
  for (const after of [
    'other-1',
    'run1-999',
    'nonsense',
    '-',
    'run1-1e3',
    `run1-${'9'.repeat(40)}`,
  ]) {
    const sink = new TestSink()
    log.feed.attach(sink, { after })
    assert.deepEqual(
      [sink.events[0]?.['resumed'], sink.events[0]?.['missed']],
      ['restarted', null],
      after,
    )
  }
})

test('T14 a viewer that never reads holds one write and a place; when it reads it hears what was dropped', () => {
  const { log, clock, happen } = testLog({ capacity: 64 })
  const dead = new TestSink(1)
  const attached = log.feed.attach(dead)
  const alive = new TestSink()
  log.feed.attach(alive)
  for (let round = 0; round < 1000; round += 1) {
    happen(20)
    clock.advance(FLUSH_MS)
  }
  assert.ok(
    dead.lines.length <= 2,
    `${dead.lines.length} lines were written to one that takes none`,
  )
  const things = alive.events.filter(({ kind }) => kind === 'thing')
  assert.equal(things.length, 20_000)
  dead.room = Number.POSITIVE_INFINITY
  attached.drained()
  const [dropped, ...rest] = dead.events.slice(dead.kinds.indexOf('dropped'))
  assert.equal(rest.length, 64)
  assert.equal(Number(dropped?.['count']) + 64, log.sequence)
  assert.equal(rest.at(-1)?.sequence, log.sequence)
})

test('T9 T14 a viewer that takes nothing for a minute is let go; others get signs of life', () => {
  const { log, clock } = testLog()
  const dead = new TestSink(1)
  log.feed.attach(dead)
  const alive = new TestSink()
  log.feed.attach(alive)
  clock.advance(HEARTBEAT_MS * 2)
  assert.deepEqual([dead.beats, alive.beats, dead.ended], [0, 2, false])
  clock.advance(STUCK_MS)
  assert.deepEqual([dead.ended, alive.ended, log.feed.viewers], [true, false, 1])
})

test('T14 a viewer that cannot be cut keeps its place, so that there are never more than so many', () => {
  const { log, clock } = testLog()
  log.feed.attach({ write: () => false, beat: () => assert.fail(), end: () => assert.fail() })
  log.feed.attach(new TestSink())
  clock.advance(STUCK_MS * 3)
  assert.equal(log.feed.viewers, 2)
})

test('so many may look and no more, and relays have places of their own', () => {
  const { log } = testLog()
  const attached = Array.from({ length: MAX_VIEWERS }, () => log.feed.attach(new TestSink()))
  assert.throws(() => log.feed.attach(new TestSink()), { code: 'TOO_MANY_VIEWERS' })
  log.feed.attach(new TestSink(), { kind: 'relay' })
  attached[0]?.detach()
  log.feed.attach(new TestSink())
  assert.throws(() => log.feed.attach(new TestSink()), { code: 'TOO_MANY_VIEWERS' })
})

test('closing ends every stream and leaves no timer', () => {
  const { log, clock } = testLog()
  const sink = new TestSink()
  log.feed.attach(sink)
  log.close()
  assert.deepEqual([sink.ended, log.active, clock.waiting], [true, false, 0])
  assert.throws(() => log.feed.attach(new TestSink()), { code: 'STOPPING' })
})

test('the text of users is data on one line, whatever it holds', () => {
  const { log, clock } = testLog({ capacity: 1000 })
  const sink = new TestSink()
  log.feed.attach(sink)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      log.emit({ kind: 'thing', number: text as unknown as number })
      clock.advance(FLUSH_MS)
      const line = sink.lines.findLast((each) => each.text.includes('"thing"'))
      assert.match(line?.text ?? '', /^[^\r\n<>&\u2028\u2029]*$/u)
      assert.equal(JSON.parse(line?.text ?? '{}').number, text)
    }),
    {
      examples: [['<script>alert(1)</script>'], ['a\u2028b\u2029c\r\n\r\ndata: {}'], ['\u202e😀']],
    },
  )
})

test('a ring keeps the last of what is pushed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean()), (capacity, steps) => {
      const ring = new Ring<number>(capacity)
      let kept: number[] = []
      let pushed = 0
      for (const clears of steps) {
        if (clears) {
          ring.clear()
          kept = []
        } else {
          pushed += 1
          assert.equal(ring.push(pushed), pushed)
          kept = [...kept, pushed].slice(-capacity)
        }
        assert.equal(ring.last, pushed)
        assert.equal(ring.first, kept[0] ?? pushed + 1)
        const held = Array.from({ length: pushed + 2 }, (_, number) => ring.at(number))
        assert.deepEqual(
          held.filter((each) => each !== undefined),
          kept,
        )
      }
    }),
  )
})
