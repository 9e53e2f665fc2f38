import type { MemoryDisk } from '../../../../common/record-log/test/memory-disk.ts'
import { beginAnew, tell } from './tell.ts'

type Base = typeof MemoryDisk
type Open = MemoryDisk['open']

/** A disk that tells what is asked of it, and what a crash left. */
export function narrated(base: Base): Base {
  const paths = new WeakMap<MemoryDisk, Map<number, string>>()
  const pathOf = (disk: MemoryDisk, fd: number) => paths.get(disk)?.get(fd) ?? `file ${fd}`

  class Telling extends base {
    constructor(...args: ConstructorParameters<Base>) {
      super(...args)
      beginAnew() // a test that tries many faults has a disk for each
    }

    override async read(path: string): Promise<Uint8Array> {
      const bytes = await super.read(path)
      tell(`read ${path}`)
      return bytes
    }

    override async open(...[path, mode]: Parameters<Open>): ReturnType<Open> {
      const fd = await super.open(path, mode)
      paths.set(this, (paths.get(this) ?? new Map<number, string>()).set(fd, path))
      if (mode !== 'directory') tell(`open ${path} (${mode})`)
      return fd
    }

    override writeBlocking(fd: number, bytes: Uint8Array, position: number): number {
      const written = super.writeBlocking(fd, bytes, position)
      if (isPreparation(bytes)) return written
      const whole = written === bytes.byteLength ? '' : ` of ${bytes.byteLength}`
      tell(`write ${written}${whole} bytes at ${position} of ${pathOf(this, fd)}`)
      return written
    }

    override async sync(fd: number): Promise<void> {
      await super.sync(fd)
      const path = pathOf(this, fd)
      if (!path.endsWith('spare.tmp')) tell(`fsync ${path}`)
    }

    override async rename(from: string, to: string): Promise<void> {
      await super.rename(from, to)
      const open = paths.get(this) ?? new Map<number, string>()
      for (const [fd, path] of open) if (path === from) open.set(fd, to)
      tell(`rename ${from} to ${to}`)
    }

    override async remove(path: string): Promise<void> {
      await super.remove(path)
      tell(`remove ${path}`)
    }

    override crash(keep?: () => boolean): MemoryDisk {
      tell('-- a power cut: what was not forced may be gone')
      return telling(super.crash(keep))
    }

    override kill(): MemoryDisk {
      tell('-- the process is killed')
      return telling(super.kill())
    }

    override clone(): MemoryDisk {
      beginAnew()
      return telling(super.clone())
    }
  }

  /** What the base makes is of the base. */
  function telling(disk: MemoryDisk): MemoryDisk {
    Object.setPrototypeOf(disk, Telling.prototype)
    return disk
  }

  return Telling
}

/** Zeros that a segment to come is filled with. */
function isPreparation(bytes: Uint8Array): boolean {
  return bytes.byteLength >= 2048 && bytes[0] === 0
}
