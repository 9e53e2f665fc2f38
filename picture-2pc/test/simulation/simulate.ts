import { setImmediate as turn } from 'node:timers/promises'
import type { LongRun } from '../../../test/proof/long-run.ts'
import { matrixPage, runMatrix } from '../matrix/table.ts'
import { runSeed } from './run-seed.ts'

/** What the observer counts, and the name of its figure. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ transactions: 'transactions', commit: 'commits', abort: 'aborts', crashes: 'crashes' },
  ...{ pauses: 'pauses', cuts: 'cuts', lost: 'losses', 'restarts in doubt': 'inDoubtRestarts' },
  ...{ duplicates: 'duplicates', overtaken: 'overtaken', redeliveries: 'redeliveries' },
  ...{ 'torn writes': 'tornWrites', 'stalled disks': 'stalledDisks' },
  ...{ 'failed saves': 'failedSaves', 'damaged logs': 'damagedLogs', 'full disks': 'fullDisks' },
  ...{ checkpoints: 'checkpoints', 'told by a peer': 'toldByAPeer' },
}

/** Lines of the trace that a failure ends with. */
const TRACE_LINES = 200

/**
 * Whole two-phase commit clusters under virtual time, one seed after the other, until the command is
 * over: a safety phase, a heal and a liveness phase, then every checker. Rejects at the first promise
 * that is broken, with its seed and the end of its trace.
 */
export async function simulateTwoPhaseCommit(command: LongRun): Promise<void> {
  let spent = 0
  let minutes = 0
  let faulty = 0
  // At least one, however late it is.
  const goesOn = () => (minutes === 0 ? !command.interrupted.aborted : !command.over())
  for (let { seed } = command; goesOn(); seed += 1) {
    const began = process.cpuUsage()
    const { world, found } = runSeed(seed)
    if (found.length > 0) throw new Error(failure(seed, found))
    const { user, system } = process.cpuUsage(began)
    spent += (user + system) / 60_000_000
    minutes += world.scheduler.now / 60_000
    faulty += world.healedAt / 60_000
    command.count({ '2pc.clusters': 1, ...figures(world.history.counts) })
    command.set({
      '2pc.clusterMinutes': Math.round(minutes),
      '2pc.ofTheseUnderFaults': Math.round(faulty),
      '2pc.clusterMinutesPerCpuMinute': Math.round(minutes / spent),
    })
    await turn() // lets Ctrl-C through
  }
}

/** Every moment, role and fault of one transaction, as the page in docs shows it. */
export function printMatrix(command: LongRun): void {
  const rows = runMatrix()
  command.say(matrixPage(rows))
  command.set({ '2pc.rows': rows.size, '2pc.cells': [...rows.values()].flat().length })
  command.set({ '2pc.runs': [...rows.values()].flat(2).length, '2pc.mixed': 0, '2pc.locksLeft': 0 })
}

function figures(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(NAMES).map(([what, name]) => [`2pc.${name}`, counts.get(what) ?? 0]),
  )
}

function failure(seed: number, found: readonly string[]): string {
  const { world } = runSeed(seed, true)
  const trace = (world.lines ?? []).slice(-TRACE_LINES).join('\n')
  return `2pc seed ${seed}: SEED=${seed} npm test -- simulation\n${found.join('\n')}\n\n${trace}`
}
