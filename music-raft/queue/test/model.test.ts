import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { QueueMachine } from '../queue.ts'
import { logOf, NaiveQueue } from './model.ts'
import { crowded, everything } from './support.ts'

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

test('R17 the hash is that of the state: leave out, double or swap a command and it shows', () => {
  fc.assert(
    fc.property(
      histories.filter((commands) => commands.length > 1),
      fc.nat(),
      fc.constantFrom('drop', 'double', 'swap'),
      (commands, at, how) => {
        const i = at % (commands.length - 1)
        const log = logOf(commands)
        const other = logOf(
          how === 'drop'
            ? commands.toSpliced(i, 1)
            : how === 'double'
              ? commands.toSpliced(i, 0, ...commands.slice(i, i + 1))
              : commands.toSpliced(i, 2, ...commands.slice(i, i + 2).reverse()),
        )
        const [one, two] = [log, other].map((entries) => {
          const machine = new QueueMachine()
          for (const entry of entries) machine.apply(entry)
          return { hash: machine.stateHash(), bytes: [...machine.snapshot().chunks()] }
        })
        // what a snapshot says besides the state: how far it got, in header and seal
        const state = (bytes: Uint8Array[] = []) => Buffer.concat(bytes).subarray(11, -12)
        if (log.length !== other.length) return
        assert.equal(one?.hash === two?.hash, state(one?.bytes).equals(state(two?.bytes)))
      },
    ),
    { numRuns: 200 },
  )
})
