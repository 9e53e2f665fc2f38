// The other thread of watchdog.ts.
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

/** A counter and a length, 4 bytes each, then the input. */
export interface Shared {
  readonly memory: SharedArrayBuffer
  readonly seed: number
}

const LOOK_EVERY_MS = 5000
/** Looks without a change after which the input is taken to hang: far above a machine's hiccups. */
const PATIENCE = 12

const { memory, seed } = workerData as Shared
const words = new Int32Array(memory, 0, 2)
let last = -1
let looks = 0
setInterval(() => {
  const counter = Atomics.load(words, 0)
  looks = counter === last ? looks + 1 : 0
  last = counter
  if (looks < PATIENCE) return
  const input = Buffer.from(new Uint8Array(memory, 8, Atomics.load(words, 1)))
  writeSync(2, `fuzz: no end after a minute, seed ${seed}, input ${input.toString('hex')}\n`)
  process.kill(process.pid, 'SIGKILL')
}, LOOK_EVERY_MS)
