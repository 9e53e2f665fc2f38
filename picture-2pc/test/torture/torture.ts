import assert from 'node:assert/strict'
import type { LongRun } from '../../../test/proof/long-run.ts'
import { type RoundFigures, tortureRound } from './round.ts'

/** Of clients at work under faults; then a round is healed and checked, which takes about ten more. */
const ROUND_MS = 30_000
/** With less time left no other round is begun: hardly anything would happen in it. */
const LEAST_MS = 12_000
/** A run of so many minutes must have had every kind of fault. */
const EACH_KIND_AFTER = 1

/**
 * Real processes under fire, round after round with fresh nodes, until the command is over. Rejects at
 * the first contradiction, and when hardly anything happened.
 */
export async function tortureTwoPhaseCommit(command: LongRun): Promise<void> {
  let longest = 0
  const struck = new Map<string, number>()
  let smallDisks = true
  const ends = performance.now() + command.minutes * 60_000
  command.set({ '2pc.rounds': 0, '2pc.operations': 0, '2pc.acknowledged': 0, '2pc.unknown': 0 })
  for (let { seed } = command; !command.over(); seed += 1) {
    const until = performance.now() + ROUND_MS
    const over = () => command.over() || performance.now() >= until
    command.say(`2pc round, seed ${seed}`)
    const round = await tortureRound(seed, over, ({ outcome }) => {
      command.count({ '2pc.operations': 1, [`2pc.${outcome}`]: 1 })
    }).catch((error: unknown) => {
      // Ctrl-C on a terminal reaches the nodes as well. They are started again for the check, unless
      // they were being asked at that moment.
      if (command.interrupted.aborted) return null
      throw error
    })
    if (round === null) return command.count({ '2pc.unchecked': 1 })
    longest = Math.max(longest, round.longestUnavailableMs)
    command.count({ '2pc.rounds': 1, '2pc.committed': round.committed })
    for (const [kind, times] of Object.entries(round.faults)) {
      struck.set(kind, (struck.get(kind) ?? 0) + times)
      command.count({ [`2pc.faults.${kind}`]: times })
    }
    // A round that breaks one of these rejects.
    command.set({ '2pc.lost': 0, '2pc.duplicated': 0, '2pc.contradictions': 0, '2pc.mixed': 0 })
    command.set({ '2pc.longestUnavailableMs': longest })
    if (!round.smallDisks) command.say('no small disks can be mounted here: none was full')
    smallDisks &&= round.smallDisks
    if (command.interrupted.aborted) return
    assertWorked(round, Math.min(1, command.minutes))
    if (ends - performance.now() < LEAST_MS) break
  }
  if (command.interrupted.aborted || command.minutes < EACH_KIND_AFTER) return
  assert.deepEqual(neverStruck(struck, smallDisks), [], 'kinds of faults that never struck')
}

/** Fails when a round did nothing that could have gone wrong. */
export function assertWorked({ faults, attempts, committed }: RoundFigures, share = 1): void {
  const acknowledged = attempts.filter(({ outcome }) => outcome === 'acknowledged').length
  assert.ok(acknowledged >= 3 * share && committed >= acknowledged, 'hardly anything was committed')
  const struck = Object.values(faults).reduce((sum, times) => sum + times, 0)
  assert.ok(faults.kill >= 1 && struck >= 3, 'hardly any fault struck')
}

/** Kinds of faults that should have struck and did not. */
export function neverStruck(struck: ReadonlyMap<string, number>, smallDisks: boolean): string[] {
  const mayLack = (kind: string) => kind === 'selfExits' || (kind === 'fullDisk' && !smallDisks)
  return [...struck].flatMap(([kind, times]) => (times > 0 || mayLack(kind) ? [] : kind))
}
