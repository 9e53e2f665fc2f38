import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A small disk of its own. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string
  /** Takes everything that is free, to the last byte, but leaves so many megabytes. */
  fill(leaveMegabytes?: number): void
  /** Gives it back. */
  free(): void
}

/**
 * Why small disks cannot be mounted here; null when they can. Throws in CI, where a test that is
 * skipped would go unnoticed.
 */
export async function whyNoDisks(): Promise<string | null> {
  try {
    await using disk = await mountDisk(1)
    disk.fill()
    return null
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    return `a tmpfs cannot be mounted here: ${error instanceof Error ? error.message : error}`
  }
}

/** Mounts a tmpfs in a temporary folder of its own. Unmounting waits for nobody: close first. */
export async function mountDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'))
  const path = join(folder, 'disk')
  await mkdir(path)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], {
      stdio: 'pipe',
    })
  } catch (error) {
    await rm(folder, { recursive: true })
    throw error
  }
  const ballast = join(path, 'ballast')
  return {
    path,
    fill: (leaveMegabytes = 0) => {
      fillUp(ballast)
      truncateSync(ballast, statSync(ballast).size - leaveMegabytes * 1024 * 1024)
    },
    free: () => rmSync(ballast, { force: true }),
    [Symbol.asyncDispose]: async () => {
      execFileSync('umount', [path], { stdio: 'pipe' })
      await rm(folder, { recursive: true })
    },
  }
}

function fillUp(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (let size = 1 << 16; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size, 1))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        size >>= 1
      }
    }
  } finally {
    closeSync(file)
  }
}
