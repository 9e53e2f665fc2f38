import type { Transaction } from '../model/transaction.ts'
import { reasonWords, voteWords } from '../model/words.ts'
import { SignIcon } from './glyphs.tsx'
import type { Sizes } from './plot.ts'
import { voteSign } from './transaction-words.ts'

interface LaneLabelsProps {
  readonly transaction: Transaction
  readonly lanes: readonly string[]
  readonly sizes: Sizes
}

/** Beside the lanes: whose they are, and the vote of each. */
export function LaneLabels({ transaction, lanes, sizes }: LaneLabelsProps) {
  return (
    <ul class="lane-labels" style={{ paddingTop: `${sizes.top}rem` }}>
      {lanes.map((node) => {
        const part = transaction.parts.get(node)
        const sign = voteSign(part)
        const coordinates = node === transaction.coordinator
        const words = coordinates ? 'coordinator' : `vote: ${voteWords(part?.vote ?? null)}`
        const why = part === undefined || part.reason === '' ? '' : `, ${reasonWords(part.reason)}`
        return (
          <li
            key={node}
            style={{ height: `${sizes.lane}rem` }}
            title={`${node}, ${words}${why}`}
            data-testid="lane-label"
            data-node={node}
            data-vote={part?.vote ?? undefined}
          >
            <span class="one-line">{node}</span>
            <span class="lane-vote">{sign !== null && <SignIcon sign={sign} />}</span>
            <span class="visually-hidden">{`${words}${why}`}</span>
          </li>
        )
      })}
    </ul>
  )
}
