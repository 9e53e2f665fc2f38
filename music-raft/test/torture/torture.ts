import assert from 'node:assert/strict'
import type { LongRun } from '../../../test/proof/long-run.ts'
import { type RoundFigures, tortureRound } from './round.ts'

/** Of clients at work under faults; then a round is healed and checked, which takes some seconds more. */
const ROUND_MS = 60_000
/** With less time left no other round is begun. */
const LEAST_MS = 15_000
/** Kinds that a round of this length must have had. */
const EACH_KIND_AFTER_MS = 45_000

/**
 * Five real nodes under fire, round after round with a fresh cluster, until the command is over. Rejects
 * at the first contradiction, and when hardly anything happened.
 */
export async function tortureRaft(command: LongRun): Promise<void> {
  let longest = 0
  const ends = performance.now() + command.minutes * 60_000
  command.set({ 'raft.rounds': 0, 'raft.operations': 0, 'raft.acknowledged': 0, 'raft.unknown': 0 })
  for (let { seed } = command; !command.over(); seed += 1) {
    const until = performance.now() + ROUND_MS
    command.say(`raft round, seed ${seed}`)
    const round = await tortureRound(
      seed,
      () => command.over() || performance.now() >= until,
      command.interrupted,
      {
        struck: (kind) => command.count({ [`raft.faults.${kind}`]: 1 }),
        ended: ({ output, refused }) => {
          const what = refused === true ? 'refused' : output === null ? 'unknown' : 'acknowledged'
          command.count({ 'raft.operations': 1, [`raft.${what}`]: 1 })
        },
      },
    )
    if (round === null) return command.count({ 'raft.unchecked': 1 })
    longest = Math.max(longest, round.longestUnavailableMs)
    command.count({
      'raft.rounds': 1,
      'raft.lost': round.lost,
      'raft.duplicated': round.duplicated,
      'raft.faults.selfExits': round.faults.selfExits,
      'raft.checkerSteps': round.checkedInSteps,
    })
    command.set({ 'raft.longestUnavailableMs': longest })
    const { longestUnavailableMs, unavailableDuring } = round
    command.say(
      `no write acknowledged for ${longestUnavailableMs} ms at most (${unavailableDuring.join(', ')})`,
    )
    if (!round.smallDisks) command.say('no small disks can be mounted here: none was full')
    assertWorked(round)
    if (ends - performance.now() < LEAST_MS) return
  }
}

/** Fails when a round did nothing that could have gone wrong. */
export function assertWorked(round: RoundFigures): void {
  const { workedMs, faults, acknowledged, operations, smallDisks } = round
  const seconds = workedMs / 1000
  assert.ok(operations >= 2 * seconds, `only ${operations} operations in ${seconds} s`)
  assert.ok(acknowledged >= seconds, `only ${acknowledged} acknowledged in ${seconds} s`)
  const { selfExits: _, ...kinds } = faults
  const struck = Object.values(kinds).reduce((sum, times) => sum + times, 0)
  assert.ok(struck >= seconds / 10, `only ${struck} faults in ${seconds} s`)
  if (workedMs < EACH_KIND_AFTER_MS) return
  const missing = Object.entries(kinds).flatMap(([kind, times]) =>
    times > 0 || (kind === 'fullDisk' && !smallDisks) ? [] : kind,
  )
  assert.deepEqual(missing, [], 'kinds of faults that never struck')
}
