import {
  type CarriedRpc,
  plainWording,
  type RpcLine,
  type RpcSeen,
  type Wording,
} from '../../../common/rpc-log.ts'
import { batchCount } from '../../queue/batch.ts'
import { MalformedMessage } from './protobuf.ts'
import type { ReceivedFromPeer, SentToPeer } from './raft-wire.ts'
import type { ReceivedTracks } from './tracks-codec.ts'

/** A node's lines: what an Exchange carries reads like calls. */
export const raftWording: Wording = {
  sends: (seen) => withCount(plainWording.sends(seen), seen),
  receives: (seen) => withCount(plainWording.receives(seen), seen),
  unpack,
}

/** An AddTracks says how many tracks it carries. */
function withCount(line: RpcLine, { rpc, request }: RpcSeen): RpcLine {
  if (rpc !== ADD_TRACKS || typeof request !== 'number') return line
  return { text: `${line.text} · ${request} tracks`, fields: { ...line.fields, tracks: request } }
}

const ADD_TRACKS = 'AddTracks'

const APPEND_ENTRIES: readonly CarriedRpc[] = [{ callId: 0, rpc: 'AppendEntries', body: undefined }]

/** Replies have no words here, so only requests come by. */
function unpack(rpc: string, message: unknown): readonly CarriedRpc[] | null {
  if (rpc === ADD_TRACKS) return streamed(message as ReceivedTracks | MalformedMessage)
  if (rpc !== 'Exchange') return null
  const carried = message as SentToPeer | ReceivedFromPeer
  if (carried.kind === 'append') return APPEND_ENTRIES
  const { appendEntries, readIndex, writes } = carried.request
  return [
    ...(appendEntries ? APPEND_ENTRIES : []),
    ...(readIndex ? [{ callId: 0, rpc: 'ReadIndex', body: undefined }] : []),
    ...(writes ?? []).map(({ method, data }) => ({
      callId: 0,
      rpc: (method ?? '').slice(0, 32),
      body: method === ADD_TRACKS && data !== undefined ? batchCount(data as Buffer) : undefined,
    })),
  ]
}

/** A message of an AddTracks, as a node gets it. */
function streamed(message: ReceivedTracks | MalformedMessage): readonly CarriedRpc[] {
  const count = message instanceof MalformedMessage ? undefined : message.ends.length
  return [{ callId: 0, rpc: ADD_TRACKS, body: count }]
}
