import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { RecordLog } from '../record-log.ts'

/**
 * The ways of making one batch durable, side by side: rounds of each in turn on the same disk, so
 * that a noisy neighbour disturbs all of them. Prints medians and the ratio to blocking writes.
 * Run on the disk that counts: `TMPDIR=/data node .test-build/common/bench/record-log.bench.js`.
 */
const ROUNDS = 8
const APPENDS = 150
const modes = ['blocking', 'adaptive', 'threaded', 'fdatasync'] as const
type Mode = (typeof modes)[number]

interface Contestant {
  readonly mode: Mode
  append(batch: Uint8Array[]): Promise<unknown>
  close(): Promise<void>
  readonly wallMicros: number[]
  readonly cpuMicros: number[]
}

async function contestant(mode: Mode, root: string): Promise<Contestant> {
  const measured = { mode, wallMicros: [], cpuMicros: [] }
  const directory = await mkdtemp(join(root, `${mode}-`))
  if (mode === 'fdatasync') {
    const file = await open(join(directory, 'log'), 'a')
    const append = (batch: Uint8Array[]): Promise<void> => appendPlainly(file, batch)
    return { ...measured, append, close: () => file.close() }
  }
  const log = await RecordLog.open({ directory, writeMode: mode, onRecord: () => undefined })
  await log.tryReserve()
  return { ...measured, append: (batch) => log.append(batch), close: () => log.close() }
}

/** What most programs do: a growing file, the thread pool, fdatasync. */
async function appendPlainly(file: FileHandle, batch: Uint8Array[]): Promise<void> {
  await file.write(Buffer.concat(batch))
  await file.datasync()
}

async function round(contestant: Contestant, batch: Uint8Array[]): Promise<void> {
  const cpu = process.cpuUsage()
  for (let i = 0; i < APPENDS; i++) {
    const start = performance.now()
    await contestant.append(batch)
    contestant.wallMicros.push((performance.now() - start) * 1000)
  }
  const { user, system } = process.cpuUsage(cpu)
  contestant.cpuMicros.push((user + system) / APPENDS)
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN
}

async function compare(root: string, records: number, bytes: number): Promise<void> {
  const batch = Array.from({ length: records }, () => new Uint8Array(bytes).fill(7))
  const contestants: Contestant[] = []
  for (const mode of modes) contestants.push(await contestant(mode, root))
  for (let i = 0; i < ROUNDS; i++) {
    for (const each of contestants) await round(each, batch)
  }
  const base = quantile(contestants[0]?.wallMicros ?? [], 0.5)
  const baseCpu = quantile(contestants[0]?.cpuMicros ?? [], 0.5)
  console.log(
    `batch of ${records} x ${bytes} bytes        p50 µs   p99 µs   CPU µs    wall     CPU`,
  )
  for (const { mode, wallMicros, cpuMicros, close } of contestants) {
    const cpu = quantile(cpuMicros, 0.5)
    const p50 = quantile(wallMicros, 0.5)
    const micros = [p50, quantile(wallMicros, 0.99), cpu].map((n) => n.toFixed(0).padStart(8))
    const ratios = [p50 / base, cpu / baseCpu].map((n) => `x${n.toFixed(2)}`.padStart(7))
    console.log(`  ${mode.padEnd(26)} ${[...micros, ...ratios].join(' ')}`)
    await close()
  }
}

export async function benchRecordLog(): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'record-log-bench-'))
  try {
    for (const [records, bytes] of [
      [1, 160],
      [16, 160],
      [128, 160],
      [1, 65_000],
      [1, 262_144],
    ] as const) {
      await compare(root, records, bytes)
    }
  } finally {
    await rm(root, { recursive: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchRecordLog()
