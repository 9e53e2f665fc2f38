import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Verdict } from '../../linearizability/history.ts'
import { drawHistory } from '../../linearizability/page.ts'
import type {
  QueueInput,
  QueueOperation,
  QueueOutput,
} from '../../linearizability/queue-history.ts'
import type { QueueState } from '../../linearizability/queue-state.ts'
import { queueWords } from '../../linearizability/queue-words.ts'
import type { FaultBand } from '../../linearizability/words.ts'
import type { TortureNodes } from './nodes.ts'

/** A round that contradicts what was promised. */
export class Contradiction extends Error {
  readonly verdict: Verdict<QueueState, QueueInput, QueueOutput>

  constructor(why: string, verdict: Verdict<QueueState, QueueInput, QueueOutput>) {
    super(why)
    this.name = 'Contradiction'
    this.verdict = verdict
  }
}

export interface Evidence {
  readonly seed: number
  readonly why: string
  readonly operations: readonly QueueOperation[]
  readonly verdict: Verdict<QueueState, QueueInput, QueueOutput>
  readonly faults: readonly FaultBand[]
  readonly nodes: TortureNodes
}

/** Writes what a failed round leaves: the page, the history, what each node printed. Says where. */
export async function keepEvidence(evidence: Evidence): Promise<string> {
  const { seed, why, operations, verdict, faults, nodes } = evidence
  const folder = await mkdtemp(join(tmpdir(), `torture-raft-${seed}-`))
  await mkdir(folder, { recursive: true })
  const html = drawHistory({
    ...{ title: `Torture of five nodes, seed ${seed}`, operations, verdict, faults },
    notes: [why, `npm run torture -- raft --seed ${seed}`],
    words: queueWords,
  })
  await writeFile(join(folder, 'history.html'), html)
  await writeFile(join(folder, 'history.json'), JSON.stringify({ operations, faults }, null, 1))
  for (const { child } of nodes.nodes) {
    await writeFile(join(folder, `${child.name}.log`), child.lines.join('\n'))
  }
  return join(folder, 'history.html')
}
