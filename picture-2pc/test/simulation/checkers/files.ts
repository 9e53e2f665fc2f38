import type { Checker } from './checker.ts'

/** After a restart, every picture has its bytes and no other file is left. */
export const files: Checker = ({ participantProcesses }) => {
  for (const { name, core, blobs } of participantProcesses) {
    for (const [filename, { blob, sha256 }] of core.state.pictures) {
      if (blobs.get(blob) !== sha256) return `${name} has no bytes of ${filename}`
    }
    if (blobs.size !== core.state.pictures.size) return `${name} keeps files it does not need`
  }
  return null
}
