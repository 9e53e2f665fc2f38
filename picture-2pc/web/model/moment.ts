import type {
  CoordinatorState,
  ParticipantState,
  PictureStreamEvent,
} from '../../shell/event-stream/types.ts'

/** What happened in one lane of a transaction. */
export type Happening =
  | { readonly kind: 'began'; readonly operation: string }
  | {
      readonly kind: 'rpc'
      readonly direction: 'sent' | 'received' | 'replied' | 'answered'
      readonly rpc: string
      readonly peer: string
      readonly reply: string
    }
  /** One record of this transaction is on the disk; `count` shared the write. */
  | {
      readonly kind: 'forced'
      readonly record: string
      readonly tookMs: number
      readonly count: number
    }
  | { readonly kind: 'prepared' }
  | { readonly kind: 'voted'; readonly from: string; readonly vote: Vote; readonly reason: string }
  | {
      readonly kind: 'decided'
      readonly decision: Decision
      /** Whom a participant was told it by; '': the coordinator's own decision. */
      readonly by: string
      readonly asked: boolean
    }
  | { readonly kind: 'acknowledged'; readonly from: string }
  | { readonly kind: 'deliveryFailed'; readonly from: string; readonly reason: string }
  | { readonly kind: 'stillInDoubt'; readonly retryInMs: number }
  | { readonly kind: 'forgotten'; readonly complete: boolean }
  /** The process of this lane is another from here on. */
  | { readonly kind: 'restarted' }
  /** So many events of this process were not heard since `since`; null: it cannot be known. */
  | { readonly kind: 'gap'; readonly missing: number | null; readonly since: number }

export type Vote = 'commit' | 'abort' | 'none'
export type Decision = 'commit' | 'abort'

/** One place in a lane. */
export interface Moment {
  readonly node: string
  /** The run of the process that told it. */
  readonly start: string
  /** 0: not told as it happened, but found in a state later. */
  readonly sequence: number
  /** By the clock of `node`. */
  readonly time: number
  readonly what: Happening
}

/** Something about one transaction that an event tells. */
export interface Told {
  readonly transactionId: string
  readonly filename: string
  readonly what: Happening
}

/** What an event tells of transactions: none, one, or, for a forced write, as many as shared it. */
export function toldBy(event: PictureStreamEvent): readonly Told[] {
  switch (event.kind) {
    case 'began':
      return one(event, { kind: 'began', operation: event.operation })
    case 'rpc': {
      if (event.transactionId === undefined) return []
      const { transactionId, filename = '', direction, rpc, peer, reply = '' } = event
      return [{ transactionId, filename, what: { kind: 'rpc', direction, rpc, peer, reply } }]
    }
    case 'forced':
      return event.records
        .filter(({ transactionId }) => transactionId !== '')
        .map(({ type, transactionId }) => ({
          ...{ transactionId, filename: '' },
          what: { kind: 'forced', record: type, tookMs: event.tookMs, count: event.count },
        }))
    case 'prepared':
      return one(event, { kind: 'prepared' })
    case 'voted': {
      const { vote } = event
      const reason = vote.vote === 'commit' ? '' : vote.reason
      return one(event, { kind: 'voted', from: event.from, vote: vote.vote, reason })
    }
    case 'decided': {
      const { by, asked } = 'by' in event ? event : { by: '', asked: false }
      return one(event, { kind: 'decided', decision: event.decision, by, asked })
    }
    case 'acknowledged':
      return one(event, { kind: 'acknowledged', from: event.from })
    case 'deliveryFailed':
      return one(event, { kind: 'deliveryFailed', from: event.from, reason: event.reason })
    case 'stillInDoubt':
      return one(event, { kind: 'stillInDoubt', retryInMs: event.retryInMs })
    case 'forgotten':
      return one(event, { kind: 'forgotten', complete: event.complete })
    default:
      return [] // kinds of the stream itself, and those to come
  }
}

function one(
  event: { readonly transactionId: string; readonly filename?: string },
  what: Happening,
): readonly Told[] {
  return [{ transactionId: event.transactionId, filename: event.filename ?? '', what }]
}

/** The state that an event carries, if any. */
export function stateIn(event: PictureStreamEvent): CoordinatorState | ParticipantState | null {
  return event.kind === 'snapshot' || event.kind === 'status' ? event.state : null
}
