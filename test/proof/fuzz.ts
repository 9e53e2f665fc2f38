import { targets } from './fuzz/all.ts'
import { Coverage } from './fuzz/coverage.ts'
import { Fuzzer } from './fuzz/fuzzer.ts'
import { Watchdog } from './fuzz/watchdog.ts'
import { type LongRun, longRun } from './long-run.ts'

/** `npm run fuzz -- [--minutes 1] [--only NAME] [--seed S]`: every decoder, in turn, for as long as told. */
const SLICE_MS = 300

async function fuzz(command: LongRun): Promise<void> {
  const chosen = targets.filter(({ name }) => name.includes(command.only))
  if (chosen.length === 0) {
    const names = targets.map(({ name }) => name)
    throw new Error(`--only ${command.only}: no target has that in its name: ${names.join(', ')}`)
  }
  const coverage = new Coverage()
  const watchdog = new Watchdog(command.seed)
  const fuzzers = chosen.map((target) => {
    return new Fuzzer(target, { seed: command.seed, coverage, watchdog })
  })
  const spent = new Map<Fuzzer, number>()
  try {
    while (!command.over()) {
      for (const fuzzer of fuzzers) {
        if (command.interrupted.aborted) break
        const before = spent.get(fuzzer) ?? 0
        spent.set(fuzzer, before + (await slice(fuzzer, command, before)))
      }
    }
  } finally {
    for (const { target } of fuzzers) await target.close?.()
    await watchdog.close()
    coverage.close()
  }
  report(command, fuzzers, spent)
  const idle = fuzzers.filter(({ accepted }) => accepted === 0).map(({ target }) => target.name)
  if (idle.length > 0 && !command.interrupted.aborted) {
    throw new Error(`no valid input was tried of ${idle.join(', ')}: give it more time`)
  }
}

/** Runs one target for a while, after `spent` milliseconds; the milliseconds it took. */
async function slice(fuzzer: Fuzzer, command: LongRun, spent: number): Promise<number> {
  const began = performance.now()
  do {
    const { executions, accepted } = fuzzer
    // Looking at the coverage takes as long as many inputs; Ctrl-C is to be heard all the same.
    const perSlice = Math.round(fuzzer.executions / ((spent + SLICE_MS) / SLICE_MS))
    await fuzzer.batch(Math.min(Math.max(perSlice, 16), 2048))
    const done = fuzzer.executions - executions
    command.count({ executions: done, accepted: fuzzer.accepted - accepted })
  } while (performance.now() - began < SLICE_MS && !command.interrupted.aborted)
  return performance.now() - began
}

function report(
  command: LongRun,
  fuzzers: readonly Fuzzer[],
  spent: ReadonlyMap<Fuzzer, number>,
): void {
  command.say('target                       executions  per second  accepted  kept  slowest ms')
  for (const fuzzer of fuzzers) {
    const { target, executions, accepted, kept, slowest } = fuzzer
    const rate = Math.round(executions / ((spent.get(fuzzer) ?? 0) / 1000))
    const share = `${Math.round((100 * accepted) / executions)} %`
    const numbers = [executions, rate, share, kept, slowest.toFixed(1)].map(String)
    const [a = '', b = '', c = '', d = '', e = ''] = numbers
    const columns = [a.padStart(10), b.padStart(12), c.padStart(10), d.padStart(6), e.padStart(12)]
    command.say(target.name.padEnd(29) + columns.join(''))
  }
  const corpus = fuzzers.reduce((sum, { kept }) => sum + kept, 0)
  command.set({ targets: fuzzers.length, kept: corpus })
}

await longRun('fuzz', fuzz)
