import { plainWording, type RpcLine, type RpcSeen, type Wording } from '../../common/rpc-log.ts'

/** The phase of two-phase commit that an RPC belongs to; others belong to none. */
const PHASE: Readonly<Record<string, 'Voting' | 'Decision'>> = {
  VoteRequest: 'Voting',
  GlobalCommit: 'Decision',
  GlobalAbort: 'Decision',
  DecisionRequest: 'Decision',
}

/** A participant's lines, in the words of the original system. */
export const participantWording: Wording = {
  sends: (seen) => phased(seen, 'sends', 'to') ?? plainWording.sends(seen),
  receives: (seen) => phased(seen, 'received', 'from') ?? plainWording.receives(seen),
  replies(seen, reply) {
    const phase = PHASE[seen.rpc]
    if (phase === undefined) return null
    const answer = replyName(seen.rpc, reply)
    const { reason } = fieldsOf(reply)
    const why = typeof reason === 'string' && reason !== '' ? ` · ${reason}` : ''
    return {
      text: `Phase ${phase} of Node ${seen.node} sends RPC ${answer} to Phase ${phase} of Node ${peerOf(seen)}${why}`,
      fields: { phase, reply: answer, ...transactionOf(seen.request) },
    }
  },
}

/** A coordinator's lines, in the words of the original system. */
export const coordinatorWording: Wording = {
  ...plainWording,
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
