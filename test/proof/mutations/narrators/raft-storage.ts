import type { RaftStorage } from '../../../../music-raft/server/storage/raft-storage.ts'
import { describeSave } from './raft.ts'
import { tell } from './tell.ts'

type Base = typeof RaftStorage

/** Storage that tells what it is given to save, and when that is on disk. */
export function narrated(base: Base): Base {
  // Not a class of its own: what the base opens is of the base.
  const { save } = base.prototype
  base.prototype.save = async function (this: RaftStorage, saves) {
    const what = saves.map(describeSave).join(' | ')
    tell(`node → storage  ${what}`)
    await save.call(this, saves)
    tell(`storage → node  on disk: ${what}`)
  }
  return base
}
