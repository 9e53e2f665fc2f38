import type { FileSystem, OpenMode } from '../file-system.ts'

const SECTOR = 512

interface File {
  current: Buffer
  durable: Buffer
}

type Names = Map<string, File>

export interface Operation {
  readonly name: string
  readonly path: string
  /** From 1. */
  readonly index: number
}

/**
 * `crash`: takes effect, but nothing of it is durable, and nothing works any more; `short`: writes
 * half; an errno code: fails without effect.
 */
export type Fault = 'crash' | 'short' | 'EIO' | 'ENOSPC' | undefined

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

/**
 * A disk in memory that knows what is durable. Directories need not be made. After `crash`, each
 * sector and each change of a name that was not forced is there or not, as `keep` decides.
 */
export class MemoryDisk implements FileSystem {
  /** Decides about each operation before it takes effect. */
  fault: (operation: Operation) => Fault = () => undefined
  /** Bytes that files may take together. */
  limit = Number.POSITIVE_INFINITY
  operations = 0
  readonly #names: Names
  readonly #durableNames: Names
  #unforced: ((names: Names) => void)[] = []
  readonly #open = new Map<number, { path: string; mode: OpenMode; file: File | null }>()
  #nextFd = 3
  #isDead = false

  constructor(names: Names = new Map(), durableNames: Names = new Map(names)) {
    this.#names = names
    this.#durableNames = durableNames
  }

  /** What a power cut leaves. `keep` is asked once per unforced sector and name change. */
  crash(keep: () => boolean = () => false): MemoryDisk {
    const names = new Map(this.#durableNames)
    for (const change of this.#unforced) if (keep()) change(names)
    for (const [path, file] of names) names.set(path, survivor(file, keep))
    return new MemoryDisk(names)
  }

  /** What the death of the process leaves: everything written can be read, durable or not. */
  kill(): MemoryDisk {
    const killed = new MemoryDisk(new Map(this.#names), new Map(this.#durableNames))
    killed.#unforced = [...this.#unforced]
    return killed
  }

  /** A copy of everything, with all of it durable. */
  clone(): MemoryDisk {
    const copies = [...this.#names].map(([path, { current }]): [string, File] => [
      path,
      { current: Buffer.from(current), durable: Buffer.from(current) },
    ])
    return new MemoryDisk(new Map(copies))
  }

  /** A file's bytes, to look at and to damage in place. */
  bytes(path: string): Buffer {
    return this.#file(path).current
  }

  /** Gives a file other content, durably. */
  put(path: string, bytes: Uint8Array): void {
    const file = { current: Buffer.from(bytes), durable: Buffer.from(bytes) }
    this.#names.set(path, file)
    this.#durableNames.set(path, file)
  }

  /** Makes a file vanish, durably. */
  lose(path: string): void {
    this.#names.delete(path)
    this.#durableNames.delete(path)
  }

  get paths(): string[] {
    return [...this.#names.keys()].sort()
  }

  /** Files opened and not closed. */
  get openFiles(): number {
    return this.#open.size
  }

  async makeDirectory(): Promise<void> {}

  async list(directory: string): Promise<string[]> {
    const prefix = `${directory}/`
    const inside = this.paths.filter((path) => path.startsWith(prefix))
    const names = inside.map((path) => path.slice(prefix.length))
    return names.filter((name) => !name.includes('/')).reverse()
  }

  async read(path: string): Promise<Uint8Array> {
    this.#step('read', path)
    return Buffer.from(this.#file(path).current)
  }

  async open(path: string, mode: OpenMode): Promise<number> {
    const fault = this.#step('open', path)
    if (mode === 'createNew' && this.#names.has(path)) throw systemError('EEXIST')
    if (mode === 'create' || mode === 'createNew') {
      const file = { current: Buffer.alloc(0), durable: Buffer.alloc(0) }
      this.#change((names) => names.set(path, file))
    }
    this.#survive(fault)
    const fd = this.#nextFd++
    this.#open.set(fd, { path, mode, file: mode === 'directory' ? null : this.#file(path) })
    return fd
  }

  async readAt(fd: number, bytes: Uint8Array, position: number): Promise<number> {
    const { path, file } = this.#handle(fd)
    this.#step('read', path)
    if (file === null) throw systemError('EISDIR')
    return file.current.copy(bytes, 0, position)
  }

  async write(fd: number, bytes: Uint8Array, position: number): Promise<number> {
    return this.writeBlocking(fd, bytes, position)
  }

  writeBlocking(fd: number, bytes: Uint8Array, position: number): number {
    const { path, mode, file } = this.#handle(fd)
    const fault = this.#step('write', path)
    if (file === null) throw systemError('EISDIR')
    const length = fault === 'short' ? bytes.byteLength >> 1 : bytes.byteLength
    const end = position + length
    const used = [...this.#names.values()].reduce((sum, each) => sum + each.current.byteLength, 0)
    const growth = Math.max(0, end - file.current.byteLength)
    if (used + growth > this.limit) throw systemError('ENOSPC')
    if (growth > 0) file.current = Buffer.concat([file.current, Buffer.alloc(growth)])
    file.current.set(bytes.subarray(0, length), position)
    this.#survive(fault)
    if (mode === 'forced') {
      const missing = Math.max(0, end - file.durable.byteLength)
      if (missing > 0) file.durable = Buffer.concat([file.durable, Buffer.alloc(missing)])
      file.durable.set(bytes.subarray(0, length), position)
    }
    return length
  }

  async sync(fd: number): Promise<void> {
    const { path, file } = this.#handle(fd)
    this.#survive(this.#step('sync', path))
    if (file) {
      file.durable = Buffer.from(file.current)
      return
    }
    for (const change of this.#unforced) change(this.#durableNames)
    this.#unforced = []
  }

  async close(fd: number): Promise<void> {
    this.#handle(fd)
    this.#open.delete(fd)
  }

  async rename(from: string, to: string): Promise<void> {
    const fault = this.#step('rename', to)
    const file = this.#file(from)
    this.#change((names) => {
      names.set(to, file)
      if (names.get(from) === file) names.delete(from)
    })
    for (const [fd, handle] of this.#open) {
      if (handle.path === from) this.#open.set(fd, { ...handle, path: to })
    }
    this.#survive(fault)
  }

  async remove(path: string): Promise<void> {
    const fault = this.#step('remove', path)
    const file = this.#file(path)
    this.#change((names) => {
      if (names.get(path) === file) names.delete(path)
    })
    this.#survive(fault)
  }

  #change(change: (names: Names) => void): void {
    change(this.#names)
    this.#unforced.push(change)
  }

  #step(name: string, path: string): Fault {
    if (this.#isDead) throw systemError('ECRASHED')
    this.operations++
    const fault = this.fault({ name, path, index: this.operations })
    if (fault === 'EIO' || fault === 'ENOSPC') throw systemError(fault)
    return fault
  }

  #survive(fault: Fault): void {
    if (fault !== 'crash') return
    this.#isDead = true
    throw systemError('ECRASHED')
  }

  #file(path: string): File {
    const file = this.#names.get(path)
    if (file === undefined) throw systemError('ENOENT')
    return file
  }

  #handle(fd: number): { path: string; mode: OpenMode; file: File | null } {
    const handle = this.#open.get(fd)
    if (handle === undefined) throw systemError('EBADF')
    return handle
  }
}

function survivor(file: File, keep: () => boolean): File {
  const isLonger = file.current.byteLength > file.durable.byteLength && keep()
  const bytes = Buffer.alloc((isLonger ? file.current : file.durable).byteLength)
  file.durable.copy(bytes)
  for (let at = 0; at < bytes.byteLength; at += SECTOR) {
    const [now, then] = [file.current.subarray(at, at + SECTOR), bytes.subarray(at, at + SECTOR)]
    if (!now.equals(then) && keep()) now.copy(then)
  }
  return { current: bytes, durable: Buffer.from(bytes) }
}
