import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDataDirectory } from './data-directory.ts'

const root = await mkdtemp(join(tmpdir(), 'data-directory-'))
after(() => rm(root, { recursive: true }))

test('creates the directory with its parents, and can be opened again after close', async () => {
  const path = join(root, 'a', 'b', 'c')
  for (let i = 0; i < 2; i++) {
    const directory = await openDataDirectory(path, 'node-1')
    assert.equal(directory.path, path)
    await directory.close()
    await directory.close()
  }
})

test('the same process cannot open it twice', async () => {
  const path = join(root, 'twice')
  await using _first = await openDataDirectory(path, 'node-1')
  await assert.rejects(openDataDirectory(path, 'node-2'), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'DATA_DIRECTORY_IN_USE')
    assert.match(error.message, new RegExp(`node-1 \\(process ${process.pid}\\)`))
    return true
  })
})

test('P12 a second process is refused until the first is dead, however it died', async () => {
  const path = join(root, 'other')
  const module = new URL('./data-directory.js', import.meta.url).href
  const source = `
    const { openDataDirectory } = await import(${JSON.stringify(module)})
    await openDataDirectory(${JSON.stringify(path)}, 'the-other')
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(child.stdout, 'data')
    await assert.rejects(openDataDirectory(path, 'me'), /the-other \(process \d+\)/)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await using mine = await openDataDirectory(path, 'me')
  assert.equal(mine.path, path)
})

test('a path that cannot be a directory is a wrong configuration', async () => {
  const file = join(root, 'file')
  await writeFile(file, '')
  await assert.rejects(openDataDirectory(file, 'me'), { name: 'ConfigError' })
})
