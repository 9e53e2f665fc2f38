import type { Logger } from '../../common/logger.ts'
import type { CoordinatorEvent } from '../protocol/coordinator-io.ts'

/** The coordinator's log lines beside those of its RPCs, in the words of the original system. */
export function tell(log: Logger, event: CoordinatorEvent): void {
  const { transactionId } = event
  switch (event.kind) {
    case 'began': {
      const { filename, operation } = event
      log.info(
        { transactionId, filename, operation },
        `--- Starting 2PC Transaction ${transactionId} for ${filename} ---`,
      )
      break
    }
    case 'voted':
      if (event.vote.vote === 'none')
        failed(log, event.transactionId, event.from, 'Voting', event.vote.reason)
      break
    case 'deliveryFailed':
      failed(log, event.transactionId, event.from, 'Decision', event.reason)
      break
    case 'decided':
    case 'acknowledged':
    case 'forgotten':
      break // the RPC lines say it
  }
}

function failed(
  log: Logger,
  transactionId: string,
  peer: string,
  phase: 'Voting' | 'Decision',
  reason: string,
): void {
  log.warn({ transactionId, peer, phase }, `Node ${peer} failed to respond (${phase}). · ${reason}`)
}
