import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawHistory } from '../../linearizability/page.ts'
import { queueWords } from '../../linearizability/queue-words.ts'
import { verdictOf } from './checkers/linearizability.ts'
import type { World } from './world.ts'

/** Draws the history of a run if no order explains it. The path of the page; null: there is none. */
export async function drawn(world: World, notes: readonly string[]): Promise<string | null> {
  const operations = world.clients.flatMap((client) => client.history)
  const verdict = verdictOf(operations)
  if (verdict.kind !== 'violation') return null
  const { seed } = world.plan
  const page = join(await mkdtemp(join(tmpdir(), `simulation-raft-${seed}-`)), 'history.html')
  const title = `Simulation of Raft, seed ${seed}`
  const shown = { title, notes, operations, verdict, faults: world.bands, words: queueWords }
  await writeFile(page, drawHistory(shown))
  return page
}
