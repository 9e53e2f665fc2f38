import type { Pages } from '../../../common/http/pages.ts'
import type { Logger } from '../../../common/logger.ts'
import type { Driver } from '../driver.ts'
import type { History } from '../history.ts'
import type { Metrics } from '../metrics.ts'
import type { Participants } from '../participants.ts'
import type { RequestKeys } from '../request-keys.ts'
import type { Watching } from '../watching.ts'

/** What the routes work with. */
export interface HttpParts {
  readonly node: string
  readonly log: Logger
  readonly driver: Driver
  readonly participants: Participants
  readonly history: History
  readonly keys: RequestKeys
  readonly metrics: Metrics
  readonly watching: Watching
  readonly pages: Pages
  readonly maxPictureBytes: number
  /** How long a vote may take. */
  readonly voteTimeoutMs: number
  /** How long a client waits for acknowledgements. */
  readonly ackTimeoutMs: number
  /** How long the body of an upload may pause, milliseconds. */
  readonly bodyIdleMs: number
  /** Resolves when the data directory's disk answers. */
  checkDisk(): Promise<void>
}

/** Deadline of a call to one participant on behalf of a client, milliseconds. */
export const CALL_MS = 5000
/** Deadline of a transfer of a whole picture, milliseconds. */
export const TRANSFER_MS = 300_000
