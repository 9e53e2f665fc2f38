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
