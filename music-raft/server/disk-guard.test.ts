import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../../common/logger.ts'
import { eventually } from '../../test/child.ts'
import { DiskGuard } from './disk-guard.ts'

test('S11 S12 a full disk is seen, leadership given away, and all is well again by itself', async () => {
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line) }
  const { log } = createLogger({ node: '1', level: 'info', format: 'pretty', destination })
  let room = true
  let gaveWay = 0
  const storage = {
    waitsForSpace: false,
    hasReserve: () => room,
    tryReserve: async () => room,
  }
  const guard = new DiskGuard(
    storage,
    log,
    () => {
      gaveWay += 1
    },
    assert.ifError,
  )
  guard.start()
  try {
    room = false
    await eventually('it is full', () => guard.isFull)
    await eventually('it goes on giving way', () => gaveWay > 1)
    room = true
    await eventually('it has room', () => !guard.isFull)
  } finally {
    guard.stop()
  }
  assert.match(lines[0] ?? '', /ERROR the disk is full: no writes are taken/)
  assert.match(lines[1] ?? '', /INFO {2}the disk has room again/)
})

test('S11 what is let in at once does not take what is kept free', async () => {
  const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })
  let room = Number.POSITIVE_INFINITY
  let looks = 0
  const storage = {
    waitsForSpace: false,
    hasReserve: (bytes: number) => room >= bytes,
    tryReserve: async () => {
      looks += 1
      return false
    },
  }
  const guard = new DiskGuard(storage, log, () => undefined, assert.ifError)
  const settle: (() => void)[] = []
  const write = () => guard.admit(100_000, () => new Promise<void>((done) => settle.push(done)))
  const ample = write()
  room = 2 * 1024 * 1024
  const ended = Promise.allSettled(Array.from({ length: 20 }, write))
  await eventually('it is full', () => guard.isFull)
  assert.equal(settle.length, 1 + 10, 'ten of them leave a mebibyte')
  for (const done of settle) done()
  await ample
  const refused = (await ended).filter((each) => each.status === 'rejected')
  assert.deepEqual([...new Set(refused.map(({ reason }) => reason.code))], ['DISK_FULL'])
  assert.equal(refused.length, 10)
  assert(looks > 0, 'it tried to make room first')
})
