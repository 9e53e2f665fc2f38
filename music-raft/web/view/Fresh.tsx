import { ageText } from '../../../common/web/model/time-format.ts'
import { Badge } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import type { Freshness } from '../lists.ts'

/** How much what is shown can be relied on. */
export function Fresh({ freshness }: { readonly freshness: Freshness }) {
  return (
    <span class="fresh" data-testid="freshness" data-kind={freshness.kind}>
      {badgeOf(freshness, now.value)}
    </span>
  )
}

function badgeOf(freshness: Freshness, at: number) {
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
