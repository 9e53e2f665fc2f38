import { preciseClockText } from '../../../common/web/model/time-format.ts'
import { Dialog } from '../../../common/web/view/Dialog.tsx'
import { Badge, Notice, UserText } from '../../../common/web/view/parts.tsx'
import { heard, participantNames } from '../cluster.ts'
import { sceneOf } from '../model/scene.ts'
import { inDoubt, outcome, type Part, phaseOf, type Transaction } from '../model/transaction.ts'
import { duration, lineOf, reasonWords, voteWords } from '../model/words.ts'
import { SignIcon } from './glyphs.tsx'
import { LaneLabels } from './LaneLabels.tsx'
import { LARGE } from './plot.ts'
import { Swimlane } from './Swimlane.tsx'
import { describe, operationOf, PHASES, sentenceOf, voteSign } from './transaction-words.ts'

interface DetailsProps {
  readonly transaction: Transaction
  onClose(): void
}

/** Everything that was heard of one transaction; it goes on while it is looked at. */
export function TransactionDetails({ transaction, onClose }: DetailsProps) {
  const { board } = heard.value
  const lanes = [transaction.coordinator || board.source, ...participantNames()]
  const { word, tone, icon } = PHASES[phaseOf(transaction)]
  return (
    <Dialog
      title={`Transaction ${transaction.transactionId}`}
      wide
      testId="details"
      onClose={onClose}
    >
      <div class="details-head">
        <Badge tone={tone} icon={icon}>
          {word}
        </Badge>
        <span>{operationOf(transaction).word} of</span>
        <UserText text={transaction.filename} />
        <span class="sentence">{sentenceOf(transaction)}</span>
      </div>
      <div class="details-lanes">
        <LaneLabels transaction={transaction} lanes={lanes} sizes={LARGE} />
        <section class="details-plot" aria-label="Swimlane">
          <Swimlane {...{ transaction, lanes }} sizes={LARGE} label={describe(transaction)} />
        </section>
      </div>
      <Reservations transaction={transaction} />
      <Parts transaction={transaction} nodes={participantNames()} />
      <Lines transaction={transaction} />
    </Dialog>
  )
}

/** What must be known before the picture is believed. */
function Reservations({ transaction }: { readonly transaction: Transaction }) {
  const { shifts } = sceneOf(transaction, { everything: true })
  const moved = [...shifts].map(([node, ms]) => `${node} by ${duration(Math.abs(ms))}`)
  return (
    <>
      {transaction.gaps > 0 && (
        <Notice tone="warn">
          Some events were not heard; the hatched parts of the lanes say where. Nothing is filled
          in.
        </Notice>
      )}
      {moved.length > 0 && (
        <Notice tone="off">
          The clocks of the machines differ: moved so that no message comes before it was sent:{' '}
          {moved.join(', ')}.
        </Notice>
      )}
      {transaction.leftOut > 0 && (
        <Notice tone="off">{transaction.leftOut} moments in the middle are left out.</Notice>
      )}
    </>
  )
}

interface PartsProps {
  readonly transaction: Transaction
  readonly nodes: readonly string[]
}

function Parts({ transaction, nodes }: PartsProps) {
  const known = outcome(transaction)
  return (
    <div class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Participant</th>
            <th scope="col">Vote</th>
            <th scope="col">Locked for</th>
            <th scope="col">Knows the decision</th>
            <th scope="col">Acknowledged</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <PartRow
              key={node}
              node={node}
              part={transaction.parts.get(node)}
              decided={known?.decision ?? null}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface PartRowProps {
  readonly node: string
  readonly part: Part | undefined
  readonly decided: string | null
}

function PartRow({ node, part, decided }: PartRowProps) {
  const sign = voteSign(part)
  const why = part === undefined || part.reason === '' ? '' : `: ${reasonWords(part.reason)}`
  return (
    <tr data-testid="part" data-node={node} data-vote={part?.vote ?? undefined}>
      <th scope="row">{node}</th>
      <td>
        <span class="vote">
          {sign !== null && <SignIcon sign={sign} />}
          {voteWords(part?.vote ?? null)}
          {why}
          {part !== undefined && part.reason !== '' && <code>{part.reason}</code>}
        </span>
      </td>
      <td>{lockedFor(part)}</td>
      <td>{decisionOf(part)}</td>
      <td>{acknowledgement(part, decided)}</td>
    </tr>
  )
}

function lockedFor(part: Part | undefined): string {
  if (part === undefined) return 'not heard'
  if (part.preparedAt === null) return part.vote === 'abort' ? 'never locked' : 'not heard'
  if (part.decidedAt !== null) return duration(part.decidedAt - part.preparedAt)
  if (part.freeAt !== null) return 'its end was not heard'
  return `in doubt since ${preciseClockText(part.preparedAt)}`
}

function decisionOf(part: Part | undefined): string {
  if (part === undefined || part.decision === null) {
    return part?.vote === 'abort' ? 'voted no: it knew the end' : 'not heard'
  }
  const asked = part.asked ? ', it asked' : ''
  return `${part.decision}, told by ${part.decidedBy}${asked}`
}

function acknowledgement(part: Part | undefined, decided: string | null): string {
  if (part?.acknowledged === true) return 'yes'
  if (part !== undefined && part.lastFailure !== '') {
    return `not yet: ${part.lastFailure} (sent ${part.failures + 1}×)`
  }
  return decided === null ? 'nothing to acknowledge yet' : 'not heard'
}

function Lines({ transaction }: { readonly transaction: Transaction }) {
  const { marks } = sceneOf(transaction, { everything: true })
  const moments = marks.toSorted((a, b) => a.x - b.x).map(({ moment }) => moment)
  const doubting = inDoubt(transaction)
  return (
    <>
      <h3>What was said and done</h3>
      <p class="sentence">
        Lines in <span class="mono">this type</span> stand so in the logs of the processes; the
        others are told by events alone.
      </p>
      <ol class="log-lines" aria-label="Log lines">
        {moments.map((moment) => {
          const { text, logged } = lineOf(moment, transaction)
          const { node, start, sequence, time, what } = moment
          return (
            <li
              key={`${node}-${start}-${sequence}-${time}-${what.kind}`}
              data-testid="log-line"
              data-node={node}
              data-logged={logged}
            >
              <time>{preciseClockText(time)}</time>
              <span class="log-node">{node}</span>
              <bdi class={logged ? 'mono' : 'told'}>{text}</bdi>
            </li>
          )
        })}
      </ol>
      {doubting.length > 0 && (
        <Notice tone="warn">
          {doubting.map(({ node }) => node).join(', ')} voted yes and{' '}
          {doubting.length === 1 ? 'does' : 'do'} not know the decision: the picture stays locked
          there until somebody tells.
        </Notice>
      )}
    </>
  )
}
