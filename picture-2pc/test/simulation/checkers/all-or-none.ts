import type { World } from '../world.ts'
import type { Checker } from './checker.ts'

/**
 * A picture that only transactions touch is on every node what the committed transactions make of it,
 * one after the other in the order of their commit points.
 */
export const allOrNone: Checker = (world) => {
  for (const filename of world.transactional) {
    const expected = replay(world, filename)
    for (const { name, core } of world.participantProcesses) {
      const picture = core.state.pictures.get(filename)
      const found = picture === undefined ? 'none' : `${picture.sha256} ${picture.likes} likes`
      if (found !== expected) return `${filename} on ${name}: ${found}, expected ${expected}`
    }
  }
  return null
}

function replay({ history }: World, filename: string): string {
  let picture: { sha256: string; likes: number } | null = null
  for (const id of history.commits) {
    const fact = history.fact(id)
    if (fact.filename !== filename) continue
    const { operation } = fact
    switch (operation.kind) {
      case 'upload':
        picture = { sha256: operation.sha256, likes: 0 }
        break
      case 'delete':
        picture = null
        break
      case 'like':
        if (picture !== null) picture.likes += 1
    }
  }
  return picture === null ? 'none' : `${picture.sha256} ${picture.likes} likes`
}
