/** What the client has of the world around it; `cli.ts` gives it the real one. */
export interface Terminal {
  /** Writes for scripts. Resolves when the reader has room for more, so that a slow one holds nothing up. */
  out(text: string): Promise<void>
  /** Writes for people. */
  err(text: string): void
  /** Whether people see standard output. */
  readonly outIsTerminal: boolean
  readonly errIsTerminal: boolean
  /** Lines that fit the screen. */
  rows(): number
  /** Aborted by the first SIGINT or SIGTERM, or when the reader of standard output is gone. */
  readonly signal: AbortSignal
}

/** What the environment sets. */
export interface Environment {
  readonly QUEUE_ENDPOINTS?: string | undefined
  readonly ADMIN_TOKEN?: string | undefined
}

/** Exit codes; part of the interface. */
export const EXIT = { done: 0, refused: 1, usage: 2, unknown: 3 } as const

/** Wrong use found after the command line was read. */
export class UsageError extends Error {}
