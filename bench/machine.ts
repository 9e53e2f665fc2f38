import { execFileSync } from 'node:child_process'
import { cpus, totalmem, version } from 'node:os'

/** Where and with what a figure was measured. */
export function machine() {
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: version(),
    node: process.version,
    commit: commit(),
    date: new Date().toISOString(),
  }
}

/** What the commit does not say: figures of changed code are not those of the commit. */
const CODE = ['bench', 'common', 'music-raft', 'picture-2pc', 'protos', 'package-lock.json']

function commit(): string {
  try {
    const head = git('rev-parse', '--short', 'HEAD')
    return git('status', '--porcelain', '--', ...CODE) === '' ? head : `${head} with changes`
  } catch {
    return 'unknown'
  }
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim()
}

/** The middle one of an odd number of figures, the lower middle of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}
