import { readFileSync } from 'node:fs'

// Loaded into a process under test before its own code (`--import`). What a Node.js process can see of
// the machine's clock is Date; timers and performance.now() run on the monotonic clock, which no jump
// of the wall clock moves. So this is the whole of a jump, without touching the machine's clock.

const RealDate = Date
let offsetMs = 0

class ShiftedDate extends RealDate {
  constructor(...given: readonly unknown[]) {
    if (given.length === 0) super(ShiftedDate.now())
    else super(...(given as [number]))
  }

  static override now(): number {
    return RealDate.now() + offsetMs
  }
}

globalThis.Date = ShiftedDate as DateConstructor

/** Takes the offset up from the file, in milliseconds, and says so. */
process.on('SIGUSR2', () => {
  offsetMs = Number(readFileSync(process.env['CLOCK_OFFSET_FILE'] ?? '', 'utf8'))
  console.log(`clock shifted by ${offsetMs} ms`)
})
