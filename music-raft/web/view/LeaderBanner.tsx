import { clockText, countText } from '../../../common/web/model/time-format.ts'
import { Icon, type IconName } from '../../../common/web/view/Icon.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { about } from '../about.ts'
import type { ClusterView, Leadership } from '../model/node-views.ts'
import { sinceText } from '../model/words.ts'
import { connection, model, view } from '../store.ts'

/** Who leads, in which term and since when, and how the cluster does. */
export function LeaderBanner() {
  const cluster = view.value
  const { leadership } = cluster
  const [icon, title, detail] = saying(leadership, now.value)
  const there = model.offset.toThere(now.value)
  const commits = model.rates.recent('committed', there)
  const messages = model.rates.recent('messages', there)
  return (
    <section
      class={`banner ${leadership.kind}`}
      aria-label="Leader"
      data-testid="leader"
      data-kind={leadership.kind}
      data-leader={leadership.kind === 'none' ? '' : (leadership.id ?? '')}
    >
      <div class="banner-lead">
        <Icon name={icon} />
        <div>
          <h2 aria-live="polite">{title}</h2>
          <p class="banner-detail">{detail}</p>
          {connection.value.kind === 'lost' && <OtherPages />}
        </div>
      </div>
      <dl class="stats">
        <Voters cluster={cluster} />
        <Stat name="Committed up to" value={countOrNone(cluster.commitIndex)} />
        <Stat name="Commits a second" value={rateText(cluster.live ? commits : null)} />
        <Stat name="Messages a second" value={rateText(cluster.live ? messages : null)} />
        <Stat name="Seen through" value={model.asked === null ? '–' : `Node ${model.asked}`} />
      </dl>
    </section>
  )
}

function saying(leadership: Leadership, at: number): [IconName, string, string] {
  switch (leadership.kind) {
    case 'leader': {
      const { id, term, since } = leadership
      const detail = `Term ${term}, for ${sinceText(at, since)}, since ${clockText(since)}`
      return ['star', `Node ${id} leads`, detail]
    }
    case 'unheard': {
      const { id, term, by } = leadership
      const whom = `Term ${term}. ${by.length === 1 ? 'Node' : 'Nodes'} ${by.join(', ')} ${by.length === 1 ? 'follows' : 'follow'} it`
      return ['question', `Node ${id} may lead`, `${whom}; it is not heard here`]
    }
    case 'none': {
      const { term, since } = leadership
      return ['triangle', 'No leader', `Term ${term}, for ${sinceText(at, since)}`]
    }
    default: {
      const { id, term } = leadership
      const before = model.connection.kind === 'live' ? null : model.connection.before
      const when = before === null ? '' : ` ${sinceText(at, before)} ago`
      if (id === null) return ['clock', 'Nothing is heard yet', 'Asking the node for its events']
      return ['clock', 'Nobody is heard', `Last heard${when}: node ${id} led term ${term}`]
    }
  }
}

/** A page speaks with its own node alone: the others have pages of their own. */
function OtherPages() {
  const pages = [...(about.value?.pages ?? [])].filter(([id]) => String(id) !== model.asked)
  if (pages.length === 0) return null
  return (
    <p class="banner-detail other-pages" data-testid="other-pages">
      Other pages:{' '}
      {pages.map(([id, page]) => (
        <a key={id} href={page}>
          Node {id}
        </a>
      ))}
    </p>
  )
}

function Voters({ cluster }: { readonly cluster: ClusterView }) {
  const { votersHeard, voters } = cluster
  const enough = votersHeard > voters / 2
  return (
    <div class="stat" data-testid="voters">
      <dt>Voters heard</dt>
      <dd class={enough ? '' : 'bad-text'}>
        {votersHeard} of {voters}
        {!enough && voters > 0 && <Icon name="warning" />}
      </dd>
    </div>
  )
}

function Stat({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function countOrNone(value: number | null): string {
  return value === null ? '–' : countText(value)
}

function rateText(rate: number | null): string {
  if (rate === null) return '–'
  return rate > 0 && rate < 10 ? rate.toFixed(1) : countText(rate)
}
