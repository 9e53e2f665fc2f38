import type { IconName } from '../../../common/web/view/Icon.tsx'
import type { Tone } from '../../../common/web/view/parts.tsx'
import {
  inDoubt,
  outcome,
  type Part,
  type Phase,
  phaseOf,
  type Transaction,
} from '../model/transaction.ts'
import { reasonWords, voteWords } from '../model/words.ts'
import type { Sign } from './glyphs.tsx'

export const PHASES: Readonly<
  Record<Phase, { readonly word: string; readonly tone: Tone; readonly icon: IconName }>
> = {
  voting: { word: 'Voting', tone: 'accent', icon: 'clock' },
  committing: { word: 'Committing', tone: 'good', icon: 'clock' },
  aborting: { word: 'Aborting', tone: 'bad', icon: 'clock' },
  committed: { word: 'Committed', tone: 'good', icon: 'check' },
  aborted: { word: 'Aborted', tone: 'bad', icon: 'cross' },
  unknown: { word: 'Not known', tone: 'warn', icon: 'question' },
}

export const OPERATIONS: Readonly<
  Record<string, { readonly word: string; readonly icon: IconName }>
> = {
  upload: { word: 'Upload', icon: 'upload' },
  delete: { word: 'Delete', icon: 'trash' },
  like: { word: 'Like', icon: 'heart' },
}

export function operationOf({ operation }: Transaction) {
  return OPERATIONS[operation] ?? { word: operation || 'Change', icon: 'question' as const }
}

/** The sign for a vote as it is known. */
export function voteSign(part: Part | undefined): Sign | null {
  switch (part?.vote) {
    case 'commit':
      return 'yes'
    case 'abort':
      return 'no'
    case 'none':
      return 'none'
    default:
      return null
  }
}

/** What matters most about a transaction, in a sentence. */
export function sentenceOf(transaction: Transaction): string {
  const parts = [...transaction.parts.values()]
  const refused = parts.filter(({ vote }) => vote === 'abort')
  const silent = parts.filter(({ vote }) => vote === 'none')
  const doubting = inDoubt(transaction)
  const known = outcome(transaction)
  if (transaction.orphaned && known === null) {
    const blocked = doubting.length === 0 ? '' : ` In doubt: ${names(doubting)}.`
    return `The coordinator was restarted before a decision was heard.${blocked}`
  }
  const said = [
    ...refused.map(({ node, reason }) => `${node} refused: ${reasonWords(reason)}.`),
    ...silent.map(({ node, reason }) => `${node} did not vote: ${reason}.`),
  ]
  if (known !== null && transaction.decision === null) {
    const told =
      transaction.parts.get(known.by)?.asked === true ? ' was told so when it asked' : ' says so'
    const before = transaction.orphaned
      ? 'The coordinator was restarted before it told a decision. '
      : ''
    said.push(`${before}${known.by}${told}: ${known.decision}.`)
  }
  const late = parts.filter(({ acknowledged, lastFailure }) => !acknowledged && lastFailure !== '')
  if (late.length > 0 && !transaction.over) {
    const times = late.map(({ node, failures }) => `${node} (${Math.max(1, failures)}×)`)
    said.push(`Not acknowledged, sent again: ${times.join(', ')}.`)
  }
  if (said.length > 0) return said.join(' ')
  if (transaction.over && known === null) return 'It is over; how it ended was not heard.'
  if (known === null && !transaction.beginningHeard) return 'Its beginning was not heard.'
  if (known === null) {
    const held = doubting.length === 0 ? '' : ` In doubt: ${names(doubting)}.`
    return `Waits for ${names(parts.filter(({ vote }) => vote === null)) || 'the decision'}.${held}`
  }
  if (phaseOf(transaction) === 'committing')
    return 'Decided; it is delivered until all acknowledge.'
  const all = known.decision === 'commit' ? 'All voted yes, all committed.' : ''
  return isRemembered(transaction) ? `${all} Remembered by the coordinator.`.trim() : all
}

/** Told afterwards: what the participants did was not heard. */
function isRemembered({ lanes }: Transaction): boolean {
  return lanes.size === 1 && [...lanes.values()].flat().every(({ sequence }) => sequence === 0)
}

function names(parts: readonly Part[]): string {
  return parts.map(({ node }) => node).join(', ')
}

/** All that a picture of it shows, in words. */
export function describe(transaction: Transaction): string {
  const { filename, parts } = transaction
  const votes = [...parts.values()].map(({ node, vote }) => `${node} ${voteWords(vote)}`)
  const doubting = inDoubt(transaction).map(({ node }) => node)
  const doubt = doubting.length === 0 ? '' : ` In doubt: ${doubting.join(', ')}.`
  const phase = PHASES[phaseOf(transaction)].word.toLowerCase()
  const { word } = operationOf(transaction)
  return `${word} of ${filename}, ${phase}. Votes: ${votes.join(', ') || 'none heard'}.${doubt}`
}
