import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QueueMachine } from '../queue.ts'
import { logOf, NaiveQueue } from './model.ts'
import { bytesOf, crowded, everything } from './support.ts'

const histories = fc.array(crowded, { maxLength: 250, size: 'max' })

test('R16 R22 queue: any history answers as an array that is sorted each time', () => {
  fc.assert(
    fc.property(histories, (commands) => {
      const machine = new QueueMachine()
      const naive = new NaiveQueue()
      for (const [i, entry] of logOf(commands).entries()) {
        const command = commands[i] ?? assert.fail()
        const outcome = machine.apply(entry)
        const { code, id, track, position, total, replayed } = outcome
        const [title, votes] = [track?.title ?? null, track?.votes ?? null]
        assert.deepEqual(
          { code, id, title, votes, position, total, replayed },
          naive.apply(entry.index, command),
        )
        const response = machine.respond(outcome)
        const listed = naive.queue.slice(0, 50).map((item) => item.id)
        assert.deepEqual(
          response.queue.map((item) => item.id),
          listed,
        )
      }
      const { tracks } = machine.queuePage({ offset: 0, limit: 1000 })
      const played = machine.historyPage({ offset: 0, limit: 1000 }).tracks
      const fields = (list: readonly { id: string; votes: number; title: string }[]) =>
        list.map(({ id, votes, title }) => [id, votes, title])
      assert.deepEqual(fields(tracks), fields(naive.queue))
      assert.deepEqual(fields(played), fields(naive.history))
      assert.equal(machine.sessionCount, naive.sessions.length)
      for (const [i, { id }] of naive.queue.entries()) {
        assert.equal(machine.position(id), i + 1)
        assert.equal(machine.track(id), tracks[i])
      }
    }),
    { numRuns: 300 },
  )
})

test('R17 two replicas that apply the same log are the same at every index', () => {
  fc.assert(
    fc.property(histories, (commands) => {
      const [one, two] = [new QueueMachine(), new QueueMachine()]
      for (const entry of logOf(commands)) {
        assert.deepEqual(one.apply(entry), two.apply({ ...entry, data: entry.data.slice() }))
        assert.equal(one.stateHash(), two.stateHash())
      }
      assert.deepEqual(everything(one), everything(two))
    }),
    { numRuns: 50 },
  )
})

test('R17 the hash is that of the state: leave out, repeat or swap a command and it shows', () => {
  let different = 0
  fc.assert(
    fc.property(
      histories.filter((commands) => commands.length > 1),
      fc.nat(),
      fc.constantFrom('drop', 'repeat', 'swap'),
      (commands, at, how) => {
        const i = at % (commands.length - 1)
        const [one, two] = commands.slice(i, i + 2)
        assert.ok(one !== undefined && two !== undefined)
        const pair = { drop: [two, two], repeat: [one, one], swap: [two, one] }[how]
        const log = logOf(commands)
        // a left out command leaves a gap in the indexes, as a NOOP does
        const other = logOf(commands.toSpliced(i, 2, ...pair)).slice(how === 'drop' ? i + 1 : 0)
        const whole = how === 'drop' ? [...log.slice(0, i), ...other] : other
        const [a, b] = [log, whole].map((entries) => {
          const machine = new QueueMachine()
          for (const entry of entries) machine.apply(entry)
          return { hash: machine.stateHash(), bytes: bytesOf(machine) }
        })
        assert.ok(a && b)
        assert.equal(a.hash === b.hash, Buffer.from(a.bytes).equals(b.bytes))
        if (a.hash !== b.hash) different++
      },
    ),
    { numRuns: 300 },
  )
  assert.ok(different > 80, `only ${different} histories ended apart`)
})
