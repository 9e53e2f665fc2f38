import { randomInt } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Ports that test processes of this machine have taken for as long as they live, a file each. */
const TAKEN = join(tmpdir(), 'test-ports')
const mine = new Set<string>()

process.once('exit', () => {
  for (const path of mine) rmSync(path, { force: true })
})

/**
 * A TCP port that is free now, below 32768: above, the kernel hands ports out to outgoing connections
 * and a restarted server can find its own taken. It stays this process's: a server is started on it
 * later, and test files that run at the same time must not find it free until then.
 */
export async function freePort(): Promise<number> {
  mkdirSync(TAKEN, { recursive: true })
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = randomInt(12_000, 32_000)
    if (take(port) && (await isFree(port))) return port
  }
  throw new Error('no free port found in 1000 attempts')
}

/** Several different free ports. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freePort())
  return ports
}

/** Whether no other living process has it. */
function take(port: number): boolean {
  const path = join(TAKEN, String(port))
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
  } catch {
    if (mine.has(path) || isAlive(readOwner(path))) return false
    writeFileSync(path, String(process.pid)) // left behind by a process that was killed
  }
  mine.add(path)
  return true
}

function readOwner(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}

function isAlive(pid: number): boolean {
  if (pid <= 0) return true // being written
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
