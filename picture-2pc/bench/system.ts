/** How a load process reaches a system; plain data, since it is sent to another process. */
export type Target =
  | { readonly kind: 'picture-2pc'; readonly url: string }
  | {
      readonly kind: 'postgres'
      readonly ports: readonly number[]
      readonly user: string
      /** Where load processes keep their decision logs. */
      readonly folder: string
    }

/** Three stores of pictures under two-phase commit that are measured: ours, or others. */
export interface PictureSystem {
  readonly name: string
  /** What was started, with its version. */
  readonly version: string
  readonly target: Target
  /** So many share the load, that none of them is the limit: the coordinator's work may be theirs. */
  readonly loadProcesses: number
  /** Puts pictures on all three, without transactions, at what pace they take them. */
  preload(names: readonly string[]): Promise<void>
  /** Of the server processes; each counts with those it started. */
  pids(): readonly number[]
  /** Forced writes since the start, where the system tells. */
  forcedWrites(): Promise<ForcedWrites | null>
  stop(): Promise<void>
}

export interface ForcedWrites {
  readonly coordinator: number
  /** The mean of the three. */
  readonly participant: number
}
