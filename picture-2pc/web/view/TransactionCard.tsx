import { preciseClockText } from '../../../common/web/model/time-format.ts'
import { Icon } from '../../../common/web/view/Icon.tsx'
import { Badge, Button, UserText } from '../../../common/web/view/parts.tsx'
import { phaseOf, type Transaction } from '../model/transaction.ts'
import { duration } from '../model/words.ts'
import { LaneLabels } from './LaneLabels.tsx'
import { COMPACT } from './plot.ts'
import { Swimlane } from './Swimlane.tsx'
import { describe, operationOf, PHASES, sentenceOf } from './transaction-words.ts'

interface TransactionCardProps {
  readonly transaction: Transaction
  readonly lanes: readonly string[]
  show(transaction: Transaction): void
}

/** A transaction in the list. All cards are of one height, whatever happens in them. */
export function TransactionCard({ transaction, lanes, show }: TransactionCardProps) {
  const { transactionId, filename, operation, firstTime, overAt } = transaction
  const phase = phaseOf(transaction)
  const { word, tone, icon } = PHASES[phase]
  const { word: operationWord, icon: operationIcon } = operationOf(transaction)
  const sentence = sentenceOf(transaction)
  const took = overAt === null ? '' : duration(overAt - firstTime)
  return (
    <article
      class={`transaction ${phase}`}
      aria-label={`${operationWord} of ${filename}`}
      data-testid="transaction"
      data-id={transactionId}
      data-operation={operation}
      data-filename={filename}
      data-state={phase}
    >
      <header>
        <Icon name={operationIcon} />
        <span class="operation">{operationWord}</span>
        <UserText text={filename} oneLine />
        <span class="when">
          <time>{preciseClockText(firstTime)}</time>
          <span class="took">{took}</span>
        </span>
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <Button
          kind="quiet"
          icon="info"
          label={`Details of ${transactionId}`}
          onClick={() => show(transaction)}
        />
      </header>
      <div class="lanes-row">
        <LaneLabels transaction={transaction} lanes={lanes} sizes={COMPACT} />
        <Swimlane {...{ transaction, lanes }} sizes={COMPACT} label={describe(transaction)} />
      </div>
      <p class="sentence one-line" title={sentence}>
        {sentence}
      </p>
    </article>
  )
}
