// npm run test:browser [-- WORD…]: the pages in a real Chromium, against real clusters. Fails when no
// test was executed.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromiumOrInstall } from './chromium.ts'
import { buildPages } from './pages.ts'

const words = process.argv.slice(2)
process.exitCode = await run()

async function run(): Promise<number> {
  const CHROMIUM = chromiumOrInstall()
  buildPages()
  const files = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.browser.js'))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .map((name) => join(import.meta.dirname, name))
  if (files.length === 0) {
    console.error(`no browser test matches ${words.join(' ')}`)
    return 1
  }
  const options = ['--enable-source-maps', '--test', '--test-reporter=spec', '--test-concurrency=2']
  const child = spawn(process.execPath, [...options, ...files], {
    env: { ...process.env, CHROMIUM },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let tail = ''
  child.stdout.on('data', (bytes: Buffer) => {
    process.stdout.write(bytes)
    tail = (tail + bytes.toString('latin1')).slice(-4000)
  })
  const code = await new Promise<number>((resolve) => {
    child.once('close', (status) => resolve(status ?? 1))
  })
  const passed = Number(/pass (\d+)/.exec(tail)?.[1] ?? 0)
  if (code === 0 && passed === 0) console.error('no browser test was executed')
  return code === 0 && passed === 0 ? 1 : code
}
