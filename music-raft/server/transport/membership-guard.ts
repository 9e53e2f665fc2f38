import { CodedError } from '../../../common/errors.ts'
import type { NodeId } from '../../raft/messages.ts'
import type { WireEnvelope } from '../wire/append-codec.ts'

/** Which cluster this node belongs to. */
export interface ClusterMembership {
  readonly id: NodeId
  /** '': none yet. */
  clusterId(): string
  /** Called with the first id heard from a leader: whoever names one has it committed. */
  adoptCluster(clusterId: string): void
}

/**
 * Refuses what was meant for another node or comes from another cluster: two clusters on one address
 * would otherwise overwrite each other's logs. Throws CodedError WRONG_CLUSTER. A node that has no
 * cluster yet joins the one whose leader speaks to it: candidates and readers may be left over from
 * a cluster that was given up (recovery/).
 */
export function checkMembership(
  membership: ClusterMembership,
  envelope: WireEnvelope,
  fromLeader: boolean,
): void {
  const { clusterId, to, from } = envelope
  if (to !== membership.id) {
    throw new CodedError('WRONG_CLUSTER', `meant for node ${to}, this is node ${membership.id}`)
  }
  if (from === membership.id) throw new CodedError('WRONG_CLUSTER', `there is one node ${from}`)
  const own = membership.clusterId()
  if (clusterId === '' || clusterId === own) return
  if (own !== '') {
    throw new CodedError('WRONG_CLUSTER', `of cluster ${clusterId}, this is cluster ${own}`)
  }
  if (fromLeader) membership.adoptCluster(clusterId)
}
