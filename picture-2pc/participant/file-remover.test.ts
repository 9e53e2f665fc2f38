import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { FileRemover } from './file-remover.ts'

let folder: string
let remover: FileRemover
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remover-'))
  remover = new FileRemover()
})
afterEach(async () => {
  await remover.close()
  await rm(folder, { recursive: true, force: true })
})

async function files(count: number): Promise<readonly string[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, String(index)))
  await Promise.all(paths.map((path) => writeFile(path, 'x')))
  return paths
}

test('many files go, also those that are asked for while others are going', async () => {
  const paths = await files(300)
  await Promise.all([
    ...paths.slice(0, 200).map((path) => remover.remove(path)),
    remover.flush().then(() => remover.flush()),
    Promise.resolve().then(() => Promise.all(paths.slice(200).map((path) => remover.remove(path)))),
  ])
  assert.deepEqual(await readdir(folder), [])
})

test('nobody has to ask for it: a file goes after a while', async () => {
  const [path = ''] = await files(1)
  await remover.remove(path)
  assert.deepEqual(await readdir(folder), [])
})

test('a file goes by itself, however soon after another it is asked for', async () => {
  for (let turns = 0; turns < 10; turns += 1) {
    const [first = '', second = ''] = await files(2)
    await remover.remove(first)
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
    await remover.remove(second) // never, where it fell between two chairs
  }
  assert.deepEqual(await readdir(folder), [])
})

test('a file that is not there is removed; one that cannot be tells its asker alone', async () => {
  const [path = ''] = await files(1)
  const stubborn = join(folder, 'directory')
  await mkdir(stubborn)
  const results = Promise.allSettled([
    remover.remove(join(folder, 'absent')),
    remover.remove(stubborn),
    remover.remove(path),
  ])
  await remover.flush()
  const states = (await results).map(({ status }) => status)
  assert.deepEqual(states, ['fulfilled', 'rejected', 'fulfilled'])
  assert.deepEqual(await readdir(folder), ['directory'])
})

test('also behind other work one that cannot be removed tells its asker alone', async () => {
  const [path = ''] = await files(1)
  const stubborn = join(folder, 'directory')
  await mkdir(stubborn)
  const results = await Promise.allSettled([
    remover.remove(stubborn),
    remover.remove(join(folder, 'absent')),
    remover.remove(path),
  ])
  const states = results.map(({ status }) => status)
  assert.deepEqual(states, ['rejected', 'fulfilled', 'fulfilled'])
  assert.match(String((results[0] as PromiseRejectedResult).reason), /EISDIR|EPERM/)
  assert.deepEqual(await readdir(folder), ['directory'])
})

test('more than can wait go at once', async (t) => {
  const paths = await files(5000)
  t.mock.timers.enable({ apis: ['setTimeout'] }) // the thread is never asked
  await Promise.all(paths.map((path) => remover.remove(path)))
  assert.deepEqual(await readdir(folder), [])
})

test('what is asked for when the thread has ended goes all the same', async () => {
  const [first = '', second = ''] = await files(2)
  await remover.remove(first)
  await remover.close()
  await remover.remove(second)
  assert.deepEqual(await readdir(folder), [])
})

test('the thread that removes lets all other work go before', async (t) => {
  if (process.platform !== 'linux') return t.skip('threads have no priority of their own here')
  const [path = ''] = await files(1)
  await remover.remove(path)
  const threads = await readdir('/proc/self/task')
  const priorities = await Promise.all(threads.map(priorityOf))
  const low = priorities.filter((each) => each === constants.priority.PRIORITY_LOW)
  assert.equal(low.length, 1, String(priorities))
})

/** The `nice` value of a thread, field 19 of its stat (proc(5)). */
async function priorityOf(thread: string): Promise<number> {
  const stat = await readFile(`/proc/self/task/${thread}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}

test('nothing to do is done at once', async () => {
  await remover.flush()
})
