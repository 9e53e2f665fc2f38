import { CodedError } from '../../../common/errors.ts'
import type { NodeId } from '../../raft/messages.ts'
import type { WireEnvelope } from '../wire/append-codec.ts'

/** Which cluster this node belongs to. */
export interface ClusterMembership {
  readonly id: NodeId
  /** '': none yet. */
  clusterId(): string
  /** Whether it is configured, or a member as far as this node knows. */
  isMember(id: NodeId): boolean
  /** Called with the first id heard from a leader: whoever names one has it committed. */
  adoptCluster(clusterId: string): void
}

/** Refuses what was meant for another node. Throws CodedError WRONG_CLUSTER. */
export function checkRecipient(
  { id }: Pick<ClusterMembership, 'id'>,
  { to, from }: WireEnvelope,
): void {
  if (to !== id) throw new CodedError('WRONG_CLUSTER', `meant for node ${to}, this is node ${id}`)
  if (from === id) throw new CodedError('WRONG_CLUSTER', `there is one node ${from}`)
}

/**
 * Refuses what was meant for another node or comes from another cluster: two clusters on one address
 * would otherwise overwrite each other's logs. Throws CodedError WRONG_CLUSTER. Members may not have
 * heard the cluster's name yet; others have to give it. A node that has no cluster yet joins the one
 * whose leader speaks to it: candidates and readers may be left over from a cluster that was given up
 * (recovery/).
 */
export function checkMembership(
  membership: ClusterMembership,
  envelope: WireEnvelope,
  fromLeader: boolean,
): void {
  checkRecipient(membership, envelope)
  const { clusterId, from } = envelope
  const own = membership.clusterId()
  if (clusterId === own) return
  if (clusterId === '') {
    if (own === '' || membership.isMember(from)) return
    throw new CodedError('WRONG_CLUSTER', `node ${from} names none and is no member of ${own}`)
  }
  if (own !== '') {
    throw new CodedError('WRONG_CLUSTER', `of cluster ${clusterId}, this is cluster ${own}`)
  }
  if (fromLeader) membership.adoptCluster(clusterId)
}
