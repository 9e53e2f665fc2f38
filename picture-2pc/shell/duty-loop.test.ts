import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DutyLoop } from './duty-loop.ts'
import type { Journal } from './journal.ts'

type Output = { force: string } | { write: string } | { say: string }

/** A loop over a core that owes what its input says, and a log whose saves the test lets through. */
function looped({ checkpointDue = false } = {}) {
  const events: string[] = []
  const saves: (() => void)[] = []
  let failure: Error | null = null
  const journal = {
    checkpointDue,
    append: (records: readonly string[]) =>
      new Promise<void>((resolve, reject) => {
        saves.push(() => {
          if (failure !== null) return reject(failure)
          events.push(`saved ${records.join(' ')}`)
          resolve()
        })
      }),
    checkpoint: (state: string) => {
      events.push(`checkpoint ${state}`)
      journal.checkpointDue = false
      return Promise.resolve()
    },
    close: () => {
      events.push('closed')
      return Promise.resolve()
    },
  }
  const loop = new DutyLoop<readonly Output[], Output, string, string>({
    core: { step: (input) => input },
    journal: journal as unknown as Journal<string, string>,
    recordOf: (output) => {
      if ('force' in output) return { record: output.force, forced: true }
      return 'write' in output ? { record: output.write, forced: false } : null
    },
    execute: (output) => {
      if ('say' in output) events.push(output.say)
    },
    snapshot: () => 'state',
    fatal: (error) => events.push(`fatal ${(error as Error).message}`),
  })
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const save = async () => {
    await settle()
    for (const go of saves.splice(0)) go()
    await settle()
  }
  return { loop, events, save, settle, fail: (error: Error) => (failure = error) }
}

test('what is owed behind a forced record waits until it is on disk', async () => {
  const { loop, events, save, settle } = looped()
  loop.submit([{ force: 'a' }, { say: 'voted' }])
  await settle()
  assert.deepEqual(events, [])
  await save()
  assert.deepEqual(events, ['saved a', 'voted'])
})

test('inputs of one turn, and those that come during a save, share one forced write', async () => {
  const { loop, events, save } = looped()
  loop.submit([{ force: 'a' }, { say: '1' }])
  loop.submit([{ force: 'b' }, { say: '2' }])
  await save()
  loop.submit([{ force: 'c' }])
  await new Promise((resolve) => setImmediate(resolve))
  loop.submit([{ force: 'd' }])
  loop.submit([{ force: 'e' }, { say: '3' }])
  await save()
  await save()
  assert.deepEqual(events, ['saved a b', '1', '2', 'saved c', 'saved d e', '3'])
})

test('a record that is not forced holds nothing up, and goes before the next forced one', async () => {
  const { loop, events, save, settle } = looped()
  loop.submit([{ write: 'a' }, { say: '1' }])
  await settle()
  assert.deepEqual(events, ['1'])
  loop.submit([{ force: 'b' }, { say: '2' }])
  await save()
  assert.deepEqual(events, ['1', 'saved a b', '2'])
})

test('a read sees no change that a crash could undo', async () => {
  const { loop, events, save, settle } = looped()
  loop.submit([{ force: 'a' }])
  void loop.read(() => 'seen').then((value) => events.push(value))
  await settle()
  assert.deepEqual(events, [])
  await save()
  assert.deepEqual(events, ['saved a', 'seen'])
})

test('S6 a log that cannot be written ends the loop: nothing behind it is done', async () => {
  const { loop, events, save, settle, fail } = looped()
  fail(new Error('EIO'))
  loop.submit([{ force: 'a' }, { say: 'never' }])
  await settle()
  loop.submit([{ say: 'never' }])
  await save()
  loop.submit([{ say: 'never' }])
  await settle()
  assert.deepEqual(events, ['fatal EIO'])
  assert.equal(loop.waiting, 0)
  await loop.stop()
  await assert.rejects(
    loop.read(() => 1),
    /stopped/,
  )
})

test('a checkpoint is of a state with nothing unsaved', async () => {
  const { loop, events, save } = looped({ checkpointDue: true })
  loop.submit([{ write: 'a' }, { say: '1' }])
  await save()
  assert.deepEqual(events, ['1', 'saved a', 'checkpoint state'])
})

test('stopping finishes what was submitted, saves what was not forced, closes, takes no more', async () => {
  const { loop, events, save } = looped()
  loop.submit([{ write: 'a' }, { say: '1' }])
  const stopped = loop.stop()
  await save()
  await save()
  await stopped
  loop.submit([{ say: 'never' }])
  assert.deepEqual(events, ['1', 'saved a', 'closed'])
})
