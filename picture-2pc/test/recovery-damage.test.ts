import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Child } from '../../test/child.ts'
import type { ParticipantRecord } from '../protocol/participant-records.ts'
import { type ParticipantSnapshot, ParticipantState } from '../protocol/participant-state.ts'
import { Journal } from '../shell/journal.ts'
import { PictureCluster } from './cluster.ts'
import { holdings, pictureClient } from './crash-cluster.ts'

const SEGMENT = '00000000000000000001.log'

async function flip(path: string, at: (size: number) => number): Promise<void> {
  const bytes = await readFile(path)
  const position = at(lastUsed(bytes))
  bytes.writeUInt8(bytes.readUInt8(position) ^ 0x10, position)
  await writeFile(path, bytes)
}

/** Segments are preallocated: what is used ends at the last byte that is not zero. */
function lastUsed(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0)
}

/** It must not start, and say in one plain line which file is damaged. */
async function refusesToStart(child: Child, file: string): Promise<void> {
  const from = child.lines.length
  child.start()
  assert.deepEqual(await child.exit, { code: 74, signal: null })
  const said = child.lines.slice(from)
  assert.equal(said.length, 1, said.join('\n'))
  assert.match(said[0] ?? '', /FATAL .* is damaged at byte \d+: .*restore this node/)
  assert.ok(said[0]?.includes(file), said[0])
}

// They wait more than they work.
describe('real processes with damaged disks', { concurrency: 2 }, () => {
  test('S2 S5 P13 one flipped byte in a log: exit 74 with a sentence, for both roles', async () => {
    await using cluster = await PictureCluster.start()
    for (const name of ['a.png', 'b.png', 'c.png']) {
      assert.equal((await cluster.upload(name, `bytes of ${name}`)).status, 200)
    }
    await Promise.all(cluster.all.map((child) => child.end()))
    const [participant] = cluster.participants
    assert.ok(participant !== undefined)
    for (const child of [participant, cluster.coordinator]) {
      const path = join(cluster.folder, child.name, SEGMENT)
      await flip(path, (size) => Math.floor(size / 2))
      await refusesToStart(child, path)
      await refusesToStart(child, path) // it was not "repaired"
      await flip(path, (size) => Math.floor(size / 2))
    }
    const identity = join(cluster.folder, 'http-node1', 'identity.json')
    const sound = await readFile(identity)
    await writeFile(identity, sound.subarray(0, 20))
    await refusesToStart(cluster.coordinator, identity)
    await writeFile(identity, sound)
    for (const child of cluster.all) child.start()
    await cluster.ready()
    assert.equal((await cluster.deleteEverywhere('b.png')).status, 200)
  })

  test('S3 S4 a torn tail is cut: it starts, twice, and nothing before it is lost', async () => {
    await using cluster = await PictureCluster.start({ participants: 1 })
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    assert.equal((await cluster.upload('a.png', 'bytes')).status, 200)
    const before = [...(await holdings(cluster, child.name))]
    const client = pictureClient(cluster, child.name)
    assert.equal((await client.unary('Like', { filename: 'a.png' }, { deadlineMs: 2000 })).likes, 1)
    client.close()
    await child.end('SIGKILL')
    // The like's save loses its end, as if the power had gone while it was written.
    const path = join(cluster.folder, child.name, SEGMENT)
    const bytes = await readFile(path)
    const end = lastUsed(bytes) + 1
    await writeFile(path, bytes.fill(0, end - 12, end))
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      child.start()
      await child.line(/serves on port/, { from: child.lines.length })
      assert.deepEqual([...(await holdings(cluster, child.name))], before)
      await child.end(signal)
    }
    child.start()
    await cluster.ready()
    assert.equal((await cluster.like('a.png')).body['likes'], 1)
  })

  test('S10 P13 a damaged checkpoint: exit 74 naming it, and sound again when it is', async () => {
    await using cluster = await PictureCluster.create({ participants: 1 })
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    child.start()
    await child.line(/serves on port/)
    await child.end()
    const directory = join(cluster.folder, child.name)
    const opened = await Journal.open<ParticipantRecord, ParticipantSnapshot>(directory)
    await opened.journal.checkpoint(new ParticipantState(null).snapshot())
    await opened.journal.close()
    const path = join(directory, 'checkpoint.json')
    await flip(path, (size) => size - 5)
    await refusesToStart(child, path)
    await flip(path, (size) => size - 5)
    const from = child.lines.length
    child.start()
    await child.line(/serves on port/, { from })
  })

  test('a picture whose bytes are gone or rotten is told, and served by the other nodes', async () => {
    await using cluster = await PictureCluster.start()
    const [child] = cluster.participants
    assert.ok(child !== undefined)
    const pictures = join(cluster.folder, child.name, 'pictures')
    assert.equal((await cluster.upload('gone.png', 'bytes of gone')).status, 200)
    const [gone = ''] = await readdir(pictures)
    assert.equal((await cluster.upload('rotten.png', 'bytes of rotten')).status, 200)
    const [rotten = ''] = (await readdir(pictures)).filter((name) => name !== gone)
    await child.end()
    await rm(join(pictures, gone))
    await flip(join(pictures, rotten), () => 3)
    child.start()
    await child.line(/ERROR the bytes of gone\.png are gone from this disk: delete the picture or/)
    await cluster.ready()
    for (const name of ['gone', 'rotten']) {
      const { status, body } = await cluster.get(`/download/${name}.png?node=${child.name}`)
      assert.equal(status, 500)
      assert.equal(body['code'], 'DAMAGED_PICTURE')
      const fromAnother = await cluster.get(`/download/${name}.png`)
      assert.equal(fromAnother.body['text'], `bytes of ${name}`)
      assert.equal((await cluster.upload(`${name}.png`, 'new bytes')).status, 200)
      const healed = await cluster.get(`/download/${name}.png?node=${child.name}`)
      assert.equal(healed.body['text'], 'new bytes')
      assert.equal((await cluster.deleteEverywhere(`${name}.png`)).status, 200)
    }
  })
})
