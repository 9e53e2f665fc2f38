import type { Happening, Moment } from './moment.ts'
import type { Transaction } from './transaction.ts'

/** A line about one moment. */
export interface Line {
  readonly text: string
  /** It is word for word in the log of its process; otherwise the page's own. */
  readonly logged: boolean
}

const PHASE: Readonly<Record<string, 'Voting' | 'Decision'>> = {
  VoteRequest: 'Voting',
  GlobalCommit: 'Decision',
  GlobalAbort: 'Decision',
  DecisionRequest: 'Decision',
}

/** What the log of the process says of a moment, or, where it says nothing, the page does. */
export function lineOf(moment: Moment, transaction: Transaction): Line {
  const { node, what } = moment
  const { transactionId, filename, coordinator } = transaction
  switch (what.kind) {
    case 'began':
      return logged(`--- Starting 2PC Transaction ${transactionId} for ${filename} ---`)
    case 'rpc':
      return rpcLine(node, what, node === coordinator)
    case 'voted':
      return what.vote === 'none'
        ? logged(failed(what.from, 'Voting', what.reason))
        : own(`counts the vote of ${what.from}: ${voteWords(what.vote)}${why(what.reason)}`)
    case 'deliveryFailed':
      return logged(failed(what.from, 'Decision', what.reason))
    case 'stillInDoubt': {
      const again = `asking again in ${Math.round(what.retryInMs)} ms`
      return logged(`In doubt about ${transactionId}: ${filename} stays locked, ${again}`)
    }
    case 'decided':
      return decidedLine(transactionId, what)
    default:
      return own(ownWords(what))
  }
}

function rpcLine(
  node: string,
  { direction, rpc, peer, reply }: Extract<Happening, { kind: 'rpc' }>,
  byCoordinator: boolean,
): Line {
  const phase = PHASE[rpc]
  const from = `Phase ${phase} of Node ${node}`
  const to = `Phase ${phase} of Node ${peer}`
  if (direction === 'answered') return own(`has the ${reply} of ${peer}`)
  if (phase === undefined) {
    if (direction === 'replied') return own(`answers ${rpc} of ${peer}`)
    return direction === 'sent'
      ? logged(`Node ${node} sends RPC ${rpc} to Node ${peer}`)
      : logged(`Node ${node} runs RPC ${rpc} called by Node ${peer}`)
  }
  if (direction === 'replied') return logged(`${from} sends RPC ${reply} to ${to}`)
  if (direction === 'received') return logged(`${from} received RPC ${rpc} from ${to}`)
  return logged(
    byCoordinator
      ? `Node ${node} sends RPC ${rpc} to Node ${peer}`
      : `${from} sends RPC ${rpc} to ${to}`,
  )
}

function decidedLine(
  transactionId: string,
  { decision, by, asked }: Extract<Happening, { kind: 'decided' }>,
): Line {
  const past = decision === 'commit' ? 'committed' : 'aborted'
  if (asked) return logged(`In doubt no more: ${transactionId} is ${past}, says Node ${by}`)
  if (by === '') return own(`decides ${decision}`)
  return own(`is told ${decision} by ${by}: the lock is free`)
}

function ownWords(what: Happening): string {
  switch (what.kind) {
    case 'forced': {
      const shared = what.count > 1 ? `, with ${what.count - 1} other records` : ''
      return `the record “${what.record}” is on its disk (forced write, ${what.tookMs.toFixed(1)} ms${shared})`
    }
    case 'prepared':
      return 'is prepared: it has promised to commit, and the picture is locked'
    case 'acknowledged':
      return `counts the Ack of ${what.from}`
    case 'forgotten':
      return what.complete
        ? 'forgets it: all have acknowledged'
        : 'forgets it: an abort is not repeated, who missed it will ask'
    case 'restarted':
      return 'was restarted: it knows only what is on its disk'
    case 'gap':
      return what.missing === null
        ? 'was not heard for a while: what happened there meanwhile is not known here'
        : `${count(what.missing, 'event')} of it not heard: something may be missing here`
    default:
      return what.kind
  }
}

function failed(peer: string, phase: 'Voting' | 'Decision', reason: string): string {
  return `Node ${peer} failed to respond (${phase}). · ${reason}`
}

function why(reason: string): string {
  return reason === '' ? '' : `, ${reason}`
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}

function logged(text: string): Line {
  return { text, logged: true }
}

function own(text: string): Line {
  return { text, logged: false }
}

/** A vote in a word. */
export function voteWords(vote: 'commit' | 'abort' | 'none' | null): string {
  switch (vote) {
    case 'commit':
      return 'yes'
    case 'abort':
      return 'no'
    case 'none':
      return 'no answer'
    case null:
      return 'not heard'
  }
}

const REASONS: Readonly<Record<string, string>> = {
  PICTURE_NOT_FOUND: 'it does not hold this picture',
  PICTURE_LOCKED: 'another transaction has locked this picture there',
  NOT_STAGED: 'the bytes of the picture did not reach it',
  DISK_FULL: 'its disk is full',
  OVERLOADED: 'too much is under way there',
  TRANSACTION_ABORTED: 'it had been told to abort before it was asked',
  TRANSACTION_FINISHED: 'the transaction was finished there already',
  COORDINATOR_FENCED: 'it knows a later start of this coordinator',
  UNKNOWN_COORDINATOR: 'it does not know this coordinator',
  INVALID_ARGUMENT: 'the request was not valid to it',
  UNKNOWN_TRANSACTION: 'it never prepared this transaction',
  DECISION_CONFLICT: 'it has the opposite decision on its disk',
}

/** Why a participant voted no or did not vote, for people. What is not a known code stays as it is. */
export function reasonWords(reason: string): string {
  return REASONS[reason] ?? reason
}

/** A span of time in few characters, milliseconds in. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}
