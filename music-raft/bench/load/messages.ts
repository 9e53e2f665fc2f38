import type { ClientKind, Operation } from './client.ts'
import type { Length } from './closed-loop.ts'

/** What the parent asks a load process to do. */
export interface LoadOrder {
  readonly client: ClientKind
  /** Of all nodes, by place. */
  readonly addresses: readonly string[]
  /** Places called in turn. */
  readonly targets: readonly number[]
  readonly operation: Operation
  /** Calls under way from this process. */
  readonly slots: number
  readonly length: Length
}

/** What came of it. */
export interface LoadReport {
  readonly calls: number
  readonly failed: number
  readonly failure: string
  readonly seconds: number
  readonly cpuMicros: number
  /** A histogram of microseconds, in base 64. */
  readonly latencies: string
}
