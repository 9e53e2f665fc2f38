import { readFileSync } from 'node:fs'

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

/** Resident memory of each, bytes. */
export function residentBytesOf(pids: readonly number[]): readonly number[] {
  return pids.map((pid) => {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')
    return Number(resident) * PAGE_BYTES
  })
}
