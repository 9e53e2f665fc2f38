/**
 * What a load is made of. `write`: about 150 new bytes; `overwrite`: the caller's first write changes;
 * `read`: one small thing, linearizable, which `prepare` makes; `play`: the head leaves the queue;
 * `streamed`: a write on a stream that many share.
 */
export type Operation = 'write' | 'streamed' | 'overwrite' | 'read' | 'prepare' | 'play'

/** A sequential client: the next call follows the answer to the one before. */
export interface Worker {
  /** A UUID. */
  readonly clientId: string
  /** Makes what it writes its own. */
  readonly name: string
}

/** One process's connections to all nodes of a system. */
export interface LoadClient {
  /**
   * Resolves when the call was acknowledged. `index` counts this worker's calls from 1. Rejects on
   * everything else, also where the outcome is unknown.
   */
  call(operation: Operation, node: number, worker: Worker, index: number): Promise<void>
  close(): void
}

/** `unary` and `messages` are the bare server of the limits: calls, messages on an open stream. */
export type ClientKind = 'music-raft' | 'etcd' | 'unary' | 'messages'

/** No call may take longer. */
export const DEADLINE_MS = 30_000

/** What all reads ask for: there once it is prepared. */
export const READ_ID = 'the-one-that-is-read'

/** The node at a place. */
export function nodeAt<T>(nodes: readonly T[], at: number): T {
  const node = nodes[at]
  if (node === undefined) throw new Error(`no node ${at}`)
  return node
}
