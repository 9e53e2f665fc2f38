import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { machineClock as clock } from '../../common/clock.ts'
import { readIdentity, writeIdentityWhenRoom } from './identity.ts'

const identity = {
  nodeId: 3,
  initialConfiguration: { voters: [{ id: 3, address: 'three:1' }], learners: [] },
  lostDisk: false,
}

test('S11 S12 a first start on a full disk waits for room, and needs no other start', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'identity-'))
  try {
    // Its first attempt finds no room; it removes the file, and the next one finds some.
    await symlink('/dev/full', join(directory, 'identity.json.tmp'))
    const { signal } = new AbortController()
    assert.equal(await writeIdentityWhenRoom(directory, identity, { clock, signal }), true)
    assert.deepEqual(await readIdentity(directory), identity)
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a process that stops while its disk is full waits no longer, and leaves nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'identity-'))
  try {
    const stop = new AbortController()
    await symlink('/dev/full', join(directory, 'identity.json.tmp'))
    const written = writeIdentityWhenRoom(directory, identity, { clock, signal: stop.signal })
    stop.abort()
    assert.equal(await written, false)
    assert.deepEqual(await readdir(directory), [])
    assert.equal(await readIdentity(directory), null)
  } finally {
    await rm(directory, { recursive: true })
  }
})
