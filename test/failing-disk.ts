import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

// Loaded into a process under test before its own code (`--import`): from SIGUSR2 on, every write and
// every fsync of a file fails as on a disk that has died.

const STANDARD_ERROR = 2
let isDead = false

const { write, writeSync, fsync, fdatasync } = fs

function deadFor(fd: number): NodeJS.ErrnoException | null {
  if (!isDead || fd <= STANDARD_ERROR) return null
  return Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', errno: -5 })
}

type Callback = (error: Error) => void

/** The same, but failing through its callback, the last argument. */
function orFail<F extends (fd: number, ...rest: never[]) => void>(real: F): F {
  const failing = (fd: number, ...rest: never[]) => {
    const error = deadFor(fd)
    if (error === null) real(fd, ...rest)
    else setImmediate(rest.at(-1) as unknown as Callback, error)
  }
  return failing as F
}

Object.assign(fs, {
  write: orFail(write as (fd: number, ...rest: never[]) => void),
  fsync: orFail(fsync as (fd: number, ...rest: never[]) => void),
  fdatasync: orFail(fdatasync as (fd: number, ...rest: never[]) => void),
  writeSync: (fd: number, ...rest: [never]) => {
    const error = deadFor(fd)
    if (error !== null) throw error
    return writeSync(fd, ...rest)
  },
})
syncBuiltinESMExports()

process.on('SIGUSR2', () => {
  isDead = true
  console.log('the disk is dead')
})
