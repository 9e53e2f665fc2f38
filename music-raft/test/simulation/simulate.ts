import type { LongRun } from '../../../test/proof/long-run.ts'
import { drawn } from './drawn.ts'
import { TROUBLES } from './plan.ts'
import { runSeed } from './run-seed.ts'

/** Lines of the trace that a failure ends with. */
const TRACE_LINES = 200

/** What the world counts, and the name of its figure. */
const NAMES: Readonly<Record<string, string>> = {
  ...{ elections: 'elections', crashes: 'crashes', entries: 'entries', lost: 'lost' },
  ...{ duplicated: 'duplicated', delayed: 'delayed', acknowledged: 'acknowledged' },
  ...{ unknown: 'unknown', refused: 'refused', histories: 'historiesChecked' },
  ...{ undecided: 'historiesUndecided', 'crashes at a step': 'crashesAtAStep' },
  ...{ 'snapshots taken': 'snapshotsTaken', 'snapshots installed': 'snapshotsInstalled' },
  ...{ 'logs cut': 'logsCut', 'changes made': 'membershipChanges', transfers: 'transfers' },
  ...{ 'disks recovered': 'disksRecovered', 'rot found': 'rotFound', repeats: 'repeatsRecognised' },
  ...Object.fromEntries(TROUBLES.map((trouble) => [trouble, `fault.${trouble}`])),
}

/**
 * Whole Raft clusters under virtual time, one seed after the other, until the command is over: a
 * safety phase, a heal and a liveness phase, with every checker looking on. Rejects at the first thing
 * that is wrong, with its seed and the end of its trace, and when not one cluster was run.
 */
export async function simulateRaft(command: LongRun): Promise<void> {
  let spent = 0
  let minutes = 0
  for (let { seed } = command; !command.over(); seed += 1) {
    const began = process.cpuUsage()
    const { world, failure } = await runSeed(seed)
    if (failure !== null) throw new Error(await story(seed))
    const { user, system } = process.cpuUsage(began)
    spent += (user + system) / 60_000_000
    minutes += world.scheduler.now / 60_000
    command.count({ 'raft.clusters': 1, ...figures(world.counts) })
    command.set({
      'raft.clusterMinutes': Math.round(minutes),
      'raft.clusterMinutesPerCpuMinute': Math.round(minutes / spent),
    })
  }
  if (minutes === 0) throw new Error('no cluster was simulated')
}

function figures(counts: ReadonlyMap<string, number>): Record<string, number> {
  const faults = TROUBLES.reduce((sum, trouble) => sum + (counts.get(trouble) ?? 0), 0)
  const named = Object.entries(NAMES).map(([what, name]): [string, number] => [
    `raft.${name}`,
    counts.get(what) ?? 0,
  ])
  return { ...Object.fromEntries(named), 'raft.faults': faults }
}

/** What went wrong, how to see it again, the end of what led to it, and where its history is drawn. */
export async function story(seed: number, { draws = true } = {}): Promise<string> {
  const { world, failure } = await runSeed(seed, true)
  const trace = (world.lines ?? []).slice(-TRACE_LINES).join('\n')
  const page = draws ? await drawn(world, [`${failure}`, again(seed)]) : null
  const where = page === null ? '' : `\nThe history is drawn in ${page}`
  return `raft seed ${seed}: ${again(seed)}\n${trace}\n\n${failure}${where}`
}

export function again(seed: number): string {
  return `SEED=${seed} npm test -- music-raft/test/simulation`
}
