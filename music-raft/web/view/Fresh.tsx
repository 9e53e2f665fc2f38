import { ageText } from '../../../common/web/model/time-format.ts'
import { Badge } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import type { Freshness } from '../lists.ts'
import { view } from '../store.ts'

/** How much what is shown can be relied on. */
export function Fresh({ freshness }: { readonly freshness: Freshness }) {
  return (
    <span class="fresh" data-testid="freshness" data-kind={freshness.kind}>
      {badgeOf(aged(freshness, now.value), now.value)}
    </span>
  )
}

/** Whatever changes is read again while a leader is heard: without one, what was confirmed grows old. */
function aged(freshness: Freshness, at: number): Freshness | Aged {
  if (freshness.kind !== 'confirmed' || view.value.leadership.kind === 'leader') return freshness
  return at - freshness.at < OLD_MS ? freshness : { kind: 'aged', at: freshness.at }
}

interface Aged {
  readonly kind: 'aged'
  readonly at: number
}

const OLD_MS = 2500

function badgeOf(freshness: Freshness | Aged, at: number) {
  switch (freshness.kind) {
    case 'asking':
      return (
        <Badge tone="off" icon="clock">
          Asking…
        </Badge>
      )
    case 'confirmed':
      return (
        <Badge tone="good" icon="check" title="A linearizable read: the leader vouched for it">
          Confirmed by the leader
        </Badge>
      )
    case 'aged':
      return (
        <Badge tone="warn" icon="clock" title="No leader is heard now: it may have changed since">
          Confirmed {ageText(at - freshness.at)} ago
        </Badge>
      )
    case 'unconfirmed':
      return (
        <Badge tone="warn" icon="question" title="No leader vouches for it: it may be old">
          As one node has it, not confirmed
        </Badge>
      )
    default:
      return (
        <Badge tone="bad" icon="cross">
          {freshness.before === null
            ? 'No answer yet'
            : `No answer: as of ${ageText(at - freshness.before)} ago`}
        </Badge>
      )
  }
}
