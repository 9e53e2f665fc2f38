import type { NodeName } from '../../protocol/messages.ts'

export const coordinator: NodeName = 'c'
/** The participant whose progress is watched. */
export const watched: NodeName = 'n1'

/** A moment of a transaction on which all vote yes: the n-th time that a process is at a place. */
export interface Moment {
  readonly id: string
  /** In the words of the checklist (D6), with Oracle's number where there is one. */
  readonly title: string
  readonly node: NodeName
  /** Of the place, as the simulated driver names it. */
  readonly label: string
  /** `passed`: right after it, where `at` is right before. */
  readonly when: 'at' | 'passed'
  readonly count: number
  /** Likes replace no bytes. */
  readonly hasBytes?: true
}

type Place = readonly [title: string, when: Moment['when'], label: string, count?: number]

const oracle = (number: number) => `ORA-2PC-CRASH-TEST-${number}`
const ordinal = ['', '1st', '2nd', '3rd']

function each(title: (which: string) => string, place: (count: number) => Place): readonly Place[] {
  return [1, 2, 3].map((count) => {
    const [, when, label, number] = place(count)
    return [title(ordinal[count] ?? ''), when, label, number ?? count] as const
  })
}

const ofCoordinator: readonly Place[] = [
  ['request received, before it begins', 'at', 'Begin'],
  ['begun (presumed abort writes no begin record), before the 1st VoteRequest', 'at', 'send'],
  ...each(
    (which) => `after the ${which} VoteRequest is sent`,
    (count) => ['', 'passed', 'send', count],
  ),
  ...each(
    (which) => `after the ${which} vote is received`,
    (count) => ['', 'at', 'reply to VoteRequest', count],
  ),
  [`all votes collected, before the decision's record (${oracle(1)})`, 'at', 'force'],
  [`before the decision's fsync (${oracle(5)})`, 'passed', 'force'],
  [`after the decision's fsync (${oracle(6)})`, 'at', 'saved'],
  ...each(
    (which) => `after the ${which} decision is sent`,
    (count) => ['', 'passed', 'send', 3 + count],
  ),
  ...each(
    (which) => `after the ${which} ACK`,
    (count) => ['', 'at', 'reply to a decision', count],
  ),
  ['after all ACKs, before the client is told', 'at', 'reply'],
  [`after all ACKs, before forget (${oracle(9)})`, 'at', 'write'],
  ['after forget', 'passed', 'write'],
]

const ofParticipant: readonly Place[] = [
  [`VoteRequest received (${oracle(3)})`, 'at', 'VoteRequest'],
  ['after the lock, before the vote record', 'at', 'force'],
  ['after the vote record, before its fsync', 'passed', 'force'],
  [`after the vote's fsync, before YES is sent (${oracle(4)})`, 'at', 'saved'],
  [`after YES is sent (${oracle(2)})`, 'passed', 'vote'],
  [`decision received (${oracle(7)})`, 'at', 'GlobalCommit'],
  ['decided, before its record', 'at', 'force', 2],
  ["before the decision's fsync", 'passed', 'force', 2],
  [`after the decision's fsync, which is the metadata (${oracle(8)})`, 'at', 'saved', 2],
  ['after metadata, before the bytes are unlinked (there is no trash)', 'at', 'discard'],
  ['after unlink', 'passed', 'discard'],
  [`before the ACK is sent (${oracle(10)})`, 'at', 'ack'],
  ['after the ACK is sent', 'passed', 'ack'],
]

function momentsOf(node: NodeName, letter: string, places: readonly Place[]): readonly Moment[] {
  return places.map(([title, when, label, count = 1], index) => ({
    ...{ id: `${letter}${index + 1}`, title, node, label, when, count },
    ...(label === 'discard' ? { hasBytes: true } : {}),
  }))
}

/** Both columns of D6, in the order in which the moments come. */
export const moments: readonly Moment[] = [
  ...momentsOf(coordinator, 'C', ofCoordinator),
  ...momentsOf(watched, 'P', ofParticipant),
]
