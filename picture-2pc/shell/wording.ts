import { status } from '@grpc/grpc-js'
import { catalogue, isErrorCode } from '../../common/errors.ts'
import {
  type CarriedRpc,
  plainWording,
  type RpcLine,
  type RpcSeen,
  type Wording,
} from '../../common/rpc-log.ts'

/** The phase of two-phase commit that an RPC belongs to; others belong to none. */
const PHASE: Readonly<Record<string, 'Voting' | 'Decision'>> = {
  VoteRequest: 'Voting',
  GlobalCommit: 'Decision',
  GlobalAbort: 'Decision',
  DecisionRequest: 'Decision',
}

/** A participant's lines, in the words of the original system. */
export const participantWording: Required<Wording> = {
  unpack,
  sends: (seen) => phased(seen, 'sends', 'to') ?? plainWording.sends(seen),
  receives: (seen) => phased(seen, 'received', 'from') ?? plainWording.receives(seen),
  replies(seen, reply) {
    const phase = PHASE[seen.rpc]
    if (phase === undefined) return null
    const { reason, code, details } = fieldsOf(reply)
    if (code !== undefined) return refusal(seen, String(code), String(details))
    const answer = replyName(seen.rpc, reply)
    const why = typeof reason === 'string' && reason !== '' ? ` · ${reason}` : ''
    return {
      text: `Phase ${phase} of Node ${seen.node} sends RPC ${answer} to Phase ${phase} of Node ${peerOf(seen)}${why}`,
      fields: { phase, reply: answer, ...transactionOf(seen.request) },
    }
  },
}

/** A coordinator's lines, in the words of the original system. */
export const coordinatorWording: Required<Wording> = {
  ...plainWording,
  unpack,
  sends: (seen) => ({ ...plainWording.sends(seen), fields: transactionOf(seen.request) }),
  receives: (seen) => phased(seen, 'received', 'from') ?? plainWording.receives(seen),
  replies: (seen, reply) =>
    seen.rpc === 'DecisionRequest' ? participantWording.replies(seen, reply) : null,
}

function phased(seen: RpcSeen, verb: string, preposition: string): RpcLine | null {
  const phase = PHASE[seen.rpc]
  if (phase === undefined) return null
  const me = `Phase ${phase} of Node ${seen.node}`
  return {
    text: `${me} ${verb} RPC ${seen.rpc} ${preposition} Phase ${phase} of Node ${peerOf(seen)}`,
    fields: { phase, ...transactionOf(seen.request) },
  }
}

/** A refusal inside an Exchange reads like that of a call. */
function refusal(seen: RpcSeen, code: string, details: string): RpcLine {
  const name = isErrorCode(code) ? status[catalogue[code].grpc] : code
  return {
    text: `Node ${seen.node} refuses RPC ${seen.rpc} called by Node ${peerOf(seen)} · ${name}: ${details}`,
    fields: { status: name, code, ...transactionOf(seen.request) },
    refused: true,
  }
}

/** A message of an Exchange, either way. */
interface Carrier {
  readonly callId: number
  readonly voteRequest?: unknown
  readonly globalCommit?: unknown
  readonly globalAbort?: unknown
  readonly vote?: unknown
  readonly ack?: unknown
  readonly refused?: unknown
}

/** The RPCs in a message of an Exchange. */
function unpack(rpc: string, message: unknown): readonly CarriedRpc[] | null {
  if (rpc !== 'Exchange') return null
  const { messages } = message as { messages: readonly Carrier[] }
  const carried: CarriedRpc[] = []
  for (const each of messages) {
    const name = requestIn(each)
    const body = name === null ? (each.vote ?? each.ack ?? each.refused) : each[name.field]
    if (body) carried.push({ callId: Number(each.callId), rpc: name?.rpc ?? null, body })
  }
  return carried
}

const REQUESTS = {
  vote: { field: 'voteRequest', rpc: 'VoteRequest' },
  commit: { field: 'globalCommit', rpc: 'GlobalCommit' },
  abort: { field: 'globalAbort', rpc: 'GlobalAbort' },
} as const

function requestIn(message: Carrier) {
  if (message.voteRequest) return REQUESTS.vote
  if (message.globalCommit) return REQUESTS.commit
  return message.globalAbort ? REQUESTS.abort : null
}

/** The original's messages carry the name of who sends them; a client of its day sends no other. */
function peerOf({ peer, request }: RpcSeen): string {
  const names = fieldsOf(request)
  const named = names['nodeId'] ?? names['coordinatorId']
  return typeof named === 'string' && named !== '' && peer === 'unknown' ? named : peer
}

function replyName(rpc: string, reply: unknown): string {
  const fields = fieldsOf(reply)
  if (rpc === 'VoteRequest') return fields['voteGranted'] === true ? 'VoteCommit' : 'VoteAbort'
  if (rpc === 'DecisionRequest') return `DecisionReply ${String(fields['decision'])}`
  return 'Ack'
}

function transactionOf(request: unknown): Record<string, unknown> {
  const { transactionId, filename } = fieldsOf(request)
  return transactionId === undefined ? {} : { transactionId, filename }
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {}
}
