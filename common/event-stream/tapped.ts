import type { RpcLine, RpcSeen, Wording } from '../rpc-log.ts'

/** What may be told of an RPC while somebody watches. */
export interface RpcTap {
  readonly active: boolean
  seen(direction: 'sent' | 'received' | 'replied', seen: RpcSeen, line: RpcLine): void
}

/** Words as before; and every RPC that is put into words is shown to the tap while it is active. */
export function tapped<W extends Wording>(wording: W, tap: RpcTap): W {
  const show = (direction: 'sent' | 'received' | 'replied', seen: RpcSeen, line: RpcLine) => {
    if (tap.active) tap.seen(direction, seen, line)
    return line
  }
  const { replies } = wording
  return {
    ...wording,
    sends: (seen) => show('sent', seen, wording.sends(seen)),
    receives: (seen) => show('received', seen, wording.receives(seen)),
    ...(replies === undefined
      ? {}
      : {
          replies: (seen: RpcSeen, reply: unknown) => {
            const line = replies(seen, reply)
            return line === null ? null : show('replied', seen, line)
          },
        }),
  }
}
