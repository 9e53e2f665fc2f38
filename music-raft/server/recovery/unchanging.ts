import type { FileSystem } from '../../../common/record-log/file-system.ts'

/**
 * A file system that shows what is there and lets what opens a node's data believe that its repairs
 * were made, while not a byte of it changes (S17). Good for reading once: what was "written" is not
 * there when it is read again.
 */
export function unchanging(fs: FileSystem): FileSystem {
  /** Not the system's: those are never negative. */
  let nextFd = -1
  const pretended = () => {
    nextFd -= 1
    return nextFd
  }
  return {
    makeDirectory: async () => undefined,
    list: (directory) => namesIn(fs, directory),
    read: (path) => fs.read(path),
    open: async (path, mode) => {
      if (mode === 'create' || mode === 'createNew' || mode === 'forced') return pretended()
      return fs.open(path, mode === 'update' ? 'read' : mode)
    },
    readAt: (fd, bytes, position) => fs.readAt(fd, bytes, position),
    write: async (_fd, bytes) => bytes.byteLength,
    writeBlocking: (_fd, bytes) => bytes.byteLength,
    sync: async () => undefined,
    close: async (fd) => (fd < 0 ? undefined : fs.close(fd)),
    rename: async () => undefined,
    remove: async () => undefined,
  }
}

/** The names in a directory; none where there is no such directory. */
export async function namesIn(fs: FileSystem, directory: string): Promise<string[]> {
  try {
    return await fs.list(directory)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
