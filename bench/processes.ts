import { readdirSync, readFileSync } from 'node:fs'

/** A kernel's clock tick as /proc tells it, on every Linux there is. */
const MICROS_PER_TICK = 10_000
const PAGE_BYTES = 4096

/** CPU time these processes have used since they started, microseconds. Linux alone. */
export function cpuMicrosOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    // After the name, which may hold anything: state is field 3, utime 14, stime 15.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return sum + (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK
  }, 0)
}

/**
 * CPU time, microseconds, of these processes and of those they started, also of those that have ended
 * since. In nanoseconds where they run still: hundreds of processes that share the work (PostgreSQL has
 * one for each session) use less than a tick each.
 */
export function cpuMicrosOfTrees(pids: readonly number[]): number {
  const roots = new Set(pids)
  let micros = 0
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(name) : null
    if (fields === null || !(roots.has(Number(name)) || roots.has(Number(fields[1])))) continue
    // Fields 14 and 15: its own, in ticks; 16 and 17: of the children that were waited for.
    const own = runMicrosOf(name) ?? (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK
    micros += own + (Number(fields[13]) + Number(fields[14])) * MICROS_PER_TICK
  }
  return micros
}

/** What follows the name; null when the process is gone. */
function statOf(pid: string): readonly string[] | null {
  const stat = readIfThere(`/proc/${pid}/stat`)
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Of the threads that live; null where the kernel does not tell. */
function runMicrosOf(pid: string): number | null {
  let micros: number | null = null
  for (const thread of threadsOf(pid)) {
    const schedstat = readIfThere(`/proc/${pid}/task/${thread}/schedstat`)
    if (schedstat !== null) micros = (micros ?? 0) + Number(schedstat.split(' ')[0]) / 1000
  }
  return micros
}

function threadsOf(pid: string): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

/** Resident memory of each, bytes. */
export function residentBytesOf(pids: readonly number[]): readonly number[] {
  return pids.map((pid) => {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')
    return Number(resident) * PAGE_BYTES
  })
}

/** Of that, what no other process shares and no file backs: heaps and stacks, bytes. */
export function privateBytesOf(pids: readonly number[]): readonly number[] {
  return pids.map((pid) => {
    const kibibytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return Number(kibibytes?.[1]) * 1024
  })
}
