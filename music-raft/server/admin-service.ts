import { createHash, timingSafeEqual } from 'node:crypto'
import type { Metadata, ServerWritableStream } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { loadService } from '../../common/rpc.ts'
import { type CallContext, type Served, serve } from '../../common/rpc-server.ts'
import type { AdminServiceDefinition } from '../../protos/types/admin/AdminService.ts'
import type { Member as WireMember } from '../../protos/types/admin/Member.ts'
import type { WatchReply } from '../../protos/types/admin/WatchReply.ts'
import type { WatchRequest__Output } from '../../protos/types/admin/WatchRequest.ts'
import type { NodeId } from '../raft/messages.ts'
import type { MembershipChange, Refusal } from '../raft/ready.ts'
import { type Done, Refused } from './requests.ts'
import type { NodeStatus } from './status.ts'

const adminService = loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService')

export interface AdminParts {
  /** undefined: whoever reaches the port may change the cluster. */
  readonly token: string | undefined
  status(): NodeStatus
  change(change: MembershipChange): Promise<Done>
  transfer(to: NodeId | null): Promise<Done>
  /** Who leads after a transfer, as soon as that is known. */
  newLeader(): Promise<NodeId | null>
  describe(trailer: Metadata): void
  /** Tells what happens here, or in all nodes, until the caller hangs up. */
  watch(call: ServerWritableStream<WatchRequest__Output, WatchReply>): Promise<void>
}

/** Looking after the cluster. Changes are the leader's to make; others name it in x-leader. */
export function adminServed(parts: AdminParts): Served {
  const changing = async <T>(call: CallContext, work: () => Promise<T>): Promise<T> => {
    try {
      checkToken(parts.token, call)
      return await work()
    } catch (error) {
      throw adminError(error)
    } finally {
      parts.describe(call.trailer)
    }
  }
  const membership = (call: CallContext, change: () => MembershipChange) =>
    changing(call, async () => {
      const { index } = await parts.change(change())
      return { index, members: wireMembers(parts.status()) }
    })
  return serve(adminService, {
    unary: {
      Status: async (_request, call) => {
        parts.describe(call.trailer)
        return wireStatus(parts.status())
      },
      AddLearner: (request, call) =>
        membership(call, () => {
          const member = { id: nodeId(request.id), address: addressOf(request.address) }
          return { kind: 'addLearner', member }
        }),
      Promote: (request, call) =>
        membership(call, () => ({ kind: 'promote', id: nodeId(request.id) })),
      RemoveServer: (request, call) =>
        membership(call, () => ({ kind: 'remove', id: nodeId(request.id) })),
      TransferLeadership: (request, call) =>
        changing(call, async () => {
          await parts.transfer(request.to === 0 ? null : nodeId(request.to, 'to'))
          return { leaderId: (await parts.newLeader()) ?? 0 }
        }),
    },
    serverStream: { Watch: (_request, call) => parts.watch(call) },
  })
}

/** Both sides are hashed, so that neither the length nor a common beginning takes its time. */
function checkToken(token: string | undefined, { metadata }: CallContext): void {
  if (token === undefined) return
  const given = metadata.get('x-admin-token')[0]
  const hash = (text: string) => createHash('sha256').update(text).digest()
  if (!timingSafeEqual(hash(token), hash(typeof given === 'string' ? given : ''))) {
    throw new CodedError('TOKEN_REQUIRED')
  }
}

function nodeId(id: number, field = 'id'): NodeId {
  if (Number.isSafeInteger(id) && id >= 1 && id <= 2 ** 31 - 1) return id
  throw new CodedError('INVALID_ARGUMENT', `${field} must be a node id from 1 to 2147483647`)
}

function addressOf(address: string): string {
  const [, port] = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._-]{1,253}):(\d{1,5})$/.exec(address) ?? []
  if (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return address
  throw new CodedError('INVALID_ARGUMENT', 'address must be host:port of the peer port')
}

const WHY: Partial<Record<Refusal, string>> = {
  transferring: 'leadership is being handed over; try again in a moment',
  changePending: 'the change before is not committed yet; try again in a moment',
  noOwnTermCommit: 'the leader is too new; try again in a moment',
  notCaughtUp: 'the node has not caught up with the log yet; try again later',
  unknownServer: 'there is no such member',
  alreadyMember: 'it is a member already',
  notLearner: 'it votes already',
  notVoter: 'it does not vote',
  lastVoter: 'nobody else would vote',
  alreadyLeader: 'this node leads already',
}

const TRANSFER_ENDED: readonly Refused['reason'][] = [
  'transferTimeout',
  'targetUnreachable',
  'superseded',
  'leadershipLost',
]

function adminError(error: unknown): unknown {
  if (!(error instanceof Refused)) return error
  const { reason } = error
  if (TRANSFER_ENDED.includes(reason)) {
    return new CodedError('TRANSFER_FAILED', reason)
  }
  const why = reason === 'replaced' || reason === 'starting' ? undefined : WHY[reason]
  return why === undefined
    ? new CodedError('NOT_LEADER')
    : new CodedError('MEMBERSHIP_REFUSED', why)
}

function wireStatus(status: NodeStatus) {
  const { raft } = status
  return {
    id: raft.id,
    role: raft.role,
    term: raft.currentTerm,
    votedFor: raft.votedFor ?? 0,
    leaderId: raft.leaderId ?? 0,
    commitIndex: raft.commitIndex,
    lastApplied: raft.lastApplied,
    firstLogIndex: raft.firstIndex,
    lastLogIndex: raft.lastIndex,
    snapshotIndex: raft.snapshot?.lastIncludedIndex ?? 0,
    members: wireMembers(status),
    queueLength: status.queueLength,
    stateHash: status.stateHash,
    cpuMicros: status.cpuMicros,
    residentBytes: status.residentBytes,
    diskTrouble: status.diskTrouble,
    clusterId: status.clusterId,
  }
}

function wireMembers({ members }: NodeStatus): WireMember[] {
  return members.map(({ id, address, voter, matchIndex, state, lastContactMs }) => ({
    ...{ id, address, voter, matchIndex, state, lastContactMs },
  }))
}
