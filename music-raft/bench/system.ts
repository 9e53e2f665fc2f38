/** A sequential client: the next call follows the answer to the one before. */
export interface Worker {
  /** A UUID. */
  readonly clientId: string
  /** Makes what it writes its own. */
  readonly name: string
}

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
  /** Waits until all nodes are up and follow one leader; its place. */
  settled(): Promise<number>
  /** Writes about 150 bytes; resolves when that is acknowledged, tries again while nobody leads. */
  write(node: number, worker: Worker, index: number): Promise<void>
  /** The same once; false: nobody leads, or the outcome is unknown. */
  tryWrite(node: number, worker: Worker, index: number): Promise<boolean>
  /** A linearizable read of one thing. */
  read(node: number, worker: Worker, index: number): Promise<void>
  /** Of the nodes that run. */
  pids(): readonly number[]
  kill(node: number): Promise<void>
  launch(node: number): void
  stop(): Promise<void>
}

export const PLACES: readonly number[] = [0, 1, 2, 3, 4]
