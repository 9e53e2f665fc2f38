import type { ClientKind } from './load/client.ts'

/** Timers of the nodes, milliseconds. */
export interface Timers {
  readonly heartbeatMs: number
  readonly electionMinMs: number
  readonly electionMaxMs: number
}

/**
 * A cluster of five that is measured: ours, or another that does the same kind of work. Nodes are
 * named by their place, from 0.
 */
export interface System {
  readonly name: string
  /** What was started, with its version. */
  readonly version: string
  /** What the load generator needs to talk to it. */
  readonly client: ClientKind
  /** Where clients reach the nodes, by place. */
  readonly addresses: readonly string[]
  /** Waits until all nodes are up and follow one leader; its place. */
  settled(): Promise<number>
  /** Of the nodes that run, by place. */
  pids(): readonly number[]
  kill(node: number): Promise<void>
  launch(node: number): void
  stop(): Promise<void>
}

export const PLACES: readonly number[] = [0, 1, 2, 3, 4]
