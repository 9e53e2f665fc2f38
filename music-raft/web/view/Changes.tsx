import type { IconName } from '../../../common/web/view/Icon.tsx'
import { Badge, Button, Card, type Tone, UserText } from '../../../common/web/view/parts.tsx'
import type { Write, WriteState } from '../model/outbox.ts'
import { abandon, writes } from '../writer.ts'

const SHOWN = 6

const STATES: Readonly<Record<WriteState, readonly [Tone, IconName, string]>> = {
  waiting: ['off', 'clock', 'Waiting'],
  pending: ['off', 'clock', 'Pending'],
  retrying: ['warn', 'clock', 'Not begun yet'],
  unknown: ['warn', 'question', 'Unknown yet'],
  done: ['good', 'check', 'Done'],
  noEffect: ['off', 'minus', 'No effect'],
  refused: ['bad', 'cross', 'Refused'],
  abandoned: ['warn', 'question', 'Unknown'],
}

/**
 * What became of this page's changes: said plainly, and never more than was answered. Toasts announce it;
 * here every attempt is told, which is too much to be read out.
 */
export function Changes() {
  const newest = writes.value.toReversed()
  const open = newest.filter((write) => isOpen(write)).length
  const stuck = newest.some((write) => isOpen(write) && write.attempts > 1)
  const note = open === 0 ? 'each takes effect once' : `${open} not answered yet`
  return (
    <Card title="Your changes" note={note} testId="changes">
      <ul class="changes">
        {newest.length === 0 && <li class="empty">None yet</li>}
        {newest.slice(0, SHOWN).map((write) => (
          <ChangeRow key={write.requestId} write={write} stuck={stuck} />
        ))}
      </ul>
    </Card>
  )
}

function isOpen({ state }: Write): boolean {
  return state === 'waiting' || state === 'pending' || state === 'retrying' || state === 'unknown'
}

interface ChangeRowProps {
  readonly write: Write
  /** One of them is not answered at once: they can be given up. */
  readonly stuck: boolean
}

function ChangeRow({ write, stuck }: ChangeRowProps) {
  const { requestId, words, subject, state, attempts, message } = write
  const [tone, icon, word] = STATES[state]
  const detail = [attempts > 1 ? `asked ${attempts} times` : '', message].filter(
    (each) => each !== '',
  )
  return (
    <li class="change" data-testid="change" data-state={state}>
      <div class="change-words">
        <span class="one-line">
          {words} <UserText text={subject} />
        </span>
        <span class="change-detail one-line" title={detail.join(': ')}>
          {detail.join(': ')}
        </span>
      </div>
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
      {isOpen(write) && stuck && (
        <Button
          kind="quiet"
          icon="cross"
          label={`Stop asking: ${words} ${subject}`}
          onClick={() => abandon(requestId)}
        />
      )}
    </li>
  )
}
