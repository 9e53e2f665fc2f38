import type { StatusReply__Output } from '../../protos/types/admin/StatusReply.ts'
import type { Cluster } from './cluster.ts'
import type { Endpoint } from './endpoints.ts'
import { failureOf } from './verdict.ts'

/** What one endpoint says of itself, or why it says nothing. */
export interface NodeStatus {
  readonly endpoint: Endpoint
  readonly status: StatusReply__Output | null
  /** '' where it answered. */
  readonly problem: string
}

/** Asks all endpoints at once. Never rejects. */
export function askStatus(cluster: Cluster, deadlineMs: number): Promise<readonly NodeStatus[]> {
  return Promise.all(
    cluster.nodes.map(async ({ endpoint, admin }): Promise<NodeStatus> => {
      try {
        const status = await admin.unary('Status', {}, { deadlineMs })
        return { endpoint, status, problem: '' }
      } catch (error) {
        const { status, unreachable } = failureOf(error)
        return { endpoint, status: null, problem: unreachable ? 'not reachable' : status }
      }
    }),
  )
}

/**
 * Two nodes that applied the same entries must hold the same state (R17).
 * @returns a sentence naming those that do not; null when all is well.
 */
export function diverged(nodes: readonly NodeStatus[]): string | null {
  const seen = new Map<string, StatusReply__Output>()
  for (const { status } of nodes) {
    if (status === null || status.stateHash === '') continue
    const key = `${status.clusterId} ${status.lastApplied}`
    const other = seen.get(key) ?? status
    seen.set(key, other)
    if (other.stateHash !== status.stateHash) {
      return `nodes ${other.id} and ${status.id} differ after entry ${status.lastApplied}: this is a defect; stop one of them and keep its data`
    }
  }
  return null
}
