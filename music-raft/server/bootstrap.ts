import { type Clock, sleep } from '../../common/clock.ts'
import type { Logger } from '../../common/logger.ts'
import type { Member, NodeId } from '../raft/messages.ts'
import type { Peers } from './transport/peers.ts'

const ASK_EVERY_MS = 200
const ANSWER_WITHIN_MS = 1000
const TELL_EVERY = 25

/**
 * A disk is empty because the cluster has not begun, or because it was lost. Only the others know:
 * a node that voted as if it were new could elect a leader that lacks committed entries (R24).
 * - One of them belongs to a cluster: the disk was lost. Resolves with that cluster's id.
 * - A majority, this node included, holds nothing at all: nothing acknowledged can have been lost.
 *   Resolves with ''. (Acknowledged entries come after the cluster's id in the log, and both are on
 *   a majority, of which the answers hold one.) This node counts as one that never held anything,
 *   and that is the limit of what can be told: of three, n1 and n2 began without n3, n1 loses its
 *   disk and n2 is out of reach; to n1 and n3 that looks as before the birth. So no disk may be lost
 *   before a majority besides it knows the cluster's id.
 * - They belong to several: some are left over from a cluster that was given up (recovery/). Which
 *   one, only a human can say, and what is adopted is adopted for good: asked again until it is one.
 * - Otherwise it is not known yet, and asked again: one that holds entries and no id may have them
 *   from an election that came to nothing, or may be about to learn the id.
 */
export async function clusterBegun(
  self: NodeId,
  voters: readonly Member[],
  peers: Pick<Peers, 'position'>,
  clock: Clock,
  log: Logger,
  signal: AbortSignal,
): Promise<string> {
  const others = voters.filter(({ id }) => id !== self)
  const majority = Math.floor(voters.length / 2) + 1
  for (let round = 0; !signal.aborted; round += 1) {
    const answers = await Promise.all(others.map(({ id }) => peers.position(id, ANSWER_WITHIN_MS)))
    const heard = answers.filter((answer) => answer !== null)
    const named = new Set(heard.map(({ clusterId }) => clusterId).filter((id) => id !== ''))
    const [clusterId] = named
    if (clusterId !== undefined && named.size === 1) return clusterId
    const empty = heard.filter(({ lastIndex }) => lastIndex === 0).length
    if (empty === heard.length && empty + 1 >= majority) return ''
    if (round % TELL_EVERY === 0) {
      log.info(
        named.size > 1
          ? `Node ${self} has an empty disk and hears of several clusters, ${[...named].join(' and ')}: stop the nodes of all but one`
          : `Node ${self} has an empty disk and waits to hear from a majority whether the cluster has begun: ${heard.length + 1} of ${voters.length} heard`,
      )
    }
    await sleep(clock, ASK_EVERY_MS, signal)
  }
  return ''
}
