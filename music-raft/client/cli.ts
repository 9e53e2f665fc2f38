#!/usr/bin/env node
import { once } from 'node:events'
import { run } from './program.ts'
import type { Terminal } from './terminal.ts'

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
// A reader that went away (`| head`) has all it wanted.
process.stdout.on('error', () => stop.abort())
process.stderr.on('error', () => undefined)

const terminal: Terminal = {
  out: async (text) => {
    if (stop.signal.aborted && !process.stdout.writable) return
    if (!process.stdout.write(text)) {
      await once(process.stdout, 'drain', { signal: stop.signal }).catch(() => undefined)
    }
  },
  err: (text) => process.stderr.write(text),
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  rows: () => process.stdout.rows ?? 24,
  signal: stop.signal,
}

process.exitCode = await run(process.argv.slice(2), process.env, terminal)
