import { type CarriedRpc, plainWording, type Wording } from '../../../common/rpc-log.ts'
import type { ReceivedFromPeer, SentToPeer } from './raft-wire.ts'

/** A node's lines: what an Exchange carries reads like calls. */
export const raftWording: Wording = { ...plainWording, unpack }

const APPEND_ENTRIES: readonly CarriedRpc[] = [{ callId: 0, rpc: 'AppendEntries', body: undefined }]

/** Replies have no words here, so only requests come by. */
function unpack(rpc: string, message: unknown): readonly CarriedRpc[] | null {
  if (rpc !== 'Exchange') return null
  const carried = message as SentToPeer | ReceivedFromPeer
  if (carried.kind === 'append') return APPEND_ENTRIES
  const { appendEntries, readIndex, writes } = carried.request
  return [
    ...(appendEntries ? APPEND_ENTRIES : []),
    ...(readIndex ? [{ callId: 0, rpc: 'ReadIndex', body: undefined }] : []),
    ...(writes ?? []).map(({ method }) => ({
      callId: 0,
      rpc: (method ?? '').slice(0, 32),
      body: undefined,
    })),
  ]
}
