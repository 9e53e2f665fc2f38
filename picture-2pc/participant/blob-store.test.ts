import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { Picture } from '../protocol/participant-records.ts'
import { BlobStore } from './blob-store.ts'
import { readPicture } from './reading.ts'

let folder: string
let store: BlobStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blobs-'))
  store = await BlobStore.open(folder)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function* chunks(...parts: readonly (string | Uint8Array)[]) {
  for (const part of parts) yield Buffer.from(part)
}

const files = () => readdir(join(folder, 'pictures'))

test('bytes are stored whole under a name that says nothing of them', async () => {
  const staged = await store.receive(chunks('ab', '', 'cd'), 4)
  assert.deepEqual(
    [staged.size, staged.sha256],
    [4, createHash('sha256').update('abcd').digest('hex')],
  )
  assert.match(staged.blob, /^[0-9a-f]{64}$/)
  assert.notEqual(staged.blob, staged.sha256)
  assert.equal(await readFile(join(folder, 'pictures', staged.blob), 'utf8'), 'abcd')
  const again = await store.receive(chunks('abcd'), 4)
  assert.notEqual(again.blob, staged.blob, 'a file is never written twice')
})

test('too many bytes, none, or a sender that breaks off leave no file', async () => {
  await assert.rejects(store.receive(chunks('abc', 'de'), 4), { code: 'PICTURE_TOO_LARGE' })
  await assert.rejects(store.receive(chunks(), 4), { code: 'EMPTY_PICTURE' })
  await assert.rejects(store.receive(chunks('', ''), 4), { code: 'EMPTY_PICTURE' })
  const broken = async function* () {
    yield Buffer.from('ab')
    throw new Error('gone')
  }
  await assert.rejects(store.receive(broken(), 4), /gone/)
  assert.deepEqual(await files(), [])
})

test('P19 a sweep removes what belongs to nothing and tells what is missing', async () => {
  const kept = await store.receive(chunks('kept'), 9)
  await store.receive(chunks('stray'), 9)
  await writeFile(join(folder, 'pictures', 'half'), 'x')
  const swept = await store.sweep(new Set([kept.blob, 'lost']))
  assert.deepEqual(swept, { removed: 2, missing: ['lost'] })
  assert.deepEqual(await files(), [kept.blob])
})

test('removing is repeatable; what is open for reading stays readable', async () => {
  const { blob } = await store.receive(chunks('abcd'), 4)
  const file = await store.read(blob)
  await store.remove(blob)
  await store.remove(blob)
  assert.equal(await file.readFile('utf8'), 'abcd')
  await file.close()
  await assert.rejects(store.read(blob), { code: 'DAMAGED_PICTURE' })
})

async function stored(bytes: Buffer): Promise<Picture> {
  return { ...(await store.receive(chunks(bytes), bytes.length)), likes: 0, uploadTime: 0 }
}

async function read(picture: Picture): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of readPicture(store, picture)) {
    assert.ok(part.length <= 256 * 1024)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

test('a picture is read back in chunks, whatever its size', async () => {
  for (const size of [1, 256 * 1024, 256 * 1024 + 1, 600_000]) {
    const bytes = Buffer.alloc(size, size % 255)
    assert.ok((await read(await stored(bytes))).equals(bytes), `${size} bytes`)
  }
})

test('S2 bytes that changed, were cut or vanished are never given out as whole', async () => {
  const bytes = Buffer.alloc(600_000, 1)
  const damages = [
    (path: string) => writeFile(path, Buffer.concat([bytes.subarray(1), Buffer.from([2])])),
    (path: string) => writeFile(path, Buffer.concat([Buffer.from([2]), bytes.subarray(1)])),
    (path: string) => truncate(path, 599_999),
    (path: string) => truncate(path, 0),
    (path: string) => rm(path),
  ]
  for (const damage of damages) {
    const picture = await stored(bytes)
    await damage(join(folder, 'pictures', picture.blob))
    let given = 0
    const reading = async () => {
      for await (const part of readPicture(store, picture)) given += part.length
    }
    await assert.rejects(reading(), { code: 'DAMAGED_PICTURE' })
    assert.ok(given < bytes.length)
  }
})
