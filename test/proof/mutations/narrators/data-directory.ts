import type { openDataDirectory } from '../../../../common/data-directory.ts'
import { tell } from './tell.ts'

type Open = typeof openDataDirectory

/** Tells who opens a data directory, and whether it got it. */
export function narrated(open: Open): Open {
  return async (path, owner) => {
    tell(`${owner} opens a data directory`)
    try {
      const directory = await open(path, owner)
      tell(`${owner} has it to itself`)
      return directory
    } catch (error) {
      tell(`${owner} is refused: ${String(error)}`)
      throw error
    }
  }
}
