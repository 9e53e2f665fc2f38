import { useSignal } from '@preact/signals'
import { ageText, clockText, countText } from '../../../common/web/model/time-format.ts'
import { Icon } from '../../../common/web/view/Icon.tsx'
import { Badge, NodeTag, UserText } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { connection, heard, participantNames, toHere } from '../cluster.ts'
import type { HeldLock, NodeView } from '../model/node-view.ts'
import { DoubtDialog } from './DoubtDialog.tsx'

/** The processes: whether they are heard, and what each holds in doubt. */
export function Nodes() {
  const { board } = heard.value
  return (
    <section class="nodes" aria-label="Nodes">
      <NodeCard name={board.source || 'http-node1'} place={7} coordinator />
      {participantNames().map((name, place) => (
        <NodeCard key={name} name={name} place={place + 1} />
      ))}
    </section>
  )
}

interface NodeCardProps {
  readonly name: string
  readonly place: number
  readonly coordinator?: boolean
}

function NodeCard({ name, place, coordinator = false }: NodeCardProps) {
  const { board } = heard.value
  const node = board.nodes.get(name)
  const how = coordinator ? coordinatorHeard() : participantHeard(node)
  return (
    <article
      class={`node-card ${how.yes ? '' : 'unheard'}`}
      aria-label={name}
      data-testid="node"
      data-node={name}
      data-heard={how.state}
    >
      <header>
        <NodeTag name={name} place={place} />
        {coordinator && <span class="role">coordinator</span>}
        <Badge tone={how.tone} icon={how.icon} title={how.title}>
          {how.word}
        </Badge>
      </header>
      {coordinator ? <CoordinatorFacts node={node} /> : <ParticipantFacts name={name} />}
    </article>
  )
}

interface Heard {
  readonly yes: boolean
  readonly state: 'yes' | 'no' | 'unknown'
  readonly tone: 'good' | 'warn' | 'off'
  readonly icon: 'circle' | 'cross' | 'ring'
  readonly word: string
  readonly title: string
}

function coordinatorHeard(): Heard {
  const state = connection.value
  if (state.kind === 'live') return HEARD
  if (state.before === null) return { ...UNKNOWN, word: 'not heard yet' }
  return unheard(state.before, state.kind === 'lost' ? state.reason : '')
}

function participantHeard(node: NodeView | undefined): Heard {
  if (connection.value.kind !== 'live') return { ...UNKNOWN, word: 'not known now' }
  if (node === undefined || (node.reachable === null && node.lastTime === 0)) return UNKNOWN
  if (node.reachable === false) {
    return unheard(toHere(heard.value.board.source, node.reachSince), node.reason)
  }
  return HEARD
}

const HEARD: Heard = {
  ...{ yes: true, state: 'yes', tone: 'good', icon: 'circle', word: 'heard', title: '' },
}
const UNKNOWN: Heard = {
  ...{ yes: false, state: 'unknown', tone: 'off', icon: 'ring', word: 'not heard yet', title: '' },
}

function unheard(since: number, title: string): Heard {
  const word = `not heard for ${ageText(now.value - since)}`
  return { yes: false, state: 'no', tone: 'warn', icon: 'cross', word, title }
}

function CoordinatorFacts({ node }: { readonly node: NodeView | undefined }) {
  return (
    <>
      <dl class="node-facts">
        <Fact name="under way" value={numberOf(node?.underWay)} />
        <Fact name="forced writes" value={numberOf(node?.forcedWrites)} />
      </dl>
      <p class="doubt quiet one-line">
        {node?.diskFull === true ? 'Its disk is full: nothing can commit.' : restartsOf(node, '')}
      </p>
    </>
  )
}

function ParticipantFacts({ name }: { readonly name: string }) {
  // Looked up here: a node that changes is no other property, and would not be drawn anew.
  const node = heard.value.board.nodes.get(name)
  const opened = useSignal(false)
  const locks = [...(node?.locks.values() ?? [])].sort((a, b) => a.since - b.since)
  const count = node?.locksTotal ?? 0
  return (
    <>
      <dl class="node-facts">
        <Fact name="pictures" value={numberOf(node?.pictures)} />
        <Fact name="in doubt" value={node === undefined ? '–' : countText(count)} />
        <Fact name="forced writes" value={numberOf(node?.forcedWrites)} />
      </dl>
      <div class="doubts" data-testid="in-doubt" data-count={count}>
        {locks.length === 0 ? (
          <p class="doubt quiet one-line">
            {node?.diskFull === true ? 'Its disk is full.' : restartsOf(node, 'nothing in doubt')}
          </p>
        ) : (
          <Locks
            {...{ locks, node }}
            total={count}
            show={() => {
              opened.value = true
            }}
          />
        )}
        {opened.value && (
          <DoubtDialog
            name={name}
            onClose={() => {
              opened.value = false
            }}
          />
        )}
      </div>
    </>
  )
}

interface LocksProps {
  readonly locks: readonly HeldLock[]
  readonly total: number
  readonly node: NodeView | undefined
  show(): void
}

/** The one held longest; all of them by a click. */
function Locks({ locks, total, node, show }: LocksProps) {
  const [oldest] = locks
  if (oldest === undefined) return null
  const { transactionId, filename } = oldest
  const since = node === undefined ? oldest.since : toHere(node.node, oldest.since)
  const age = Math.max(0, now.value - since)
  const asOf =
    node?.reachable === false ? `, when it was last heard (${clockText(node.lastTime)})` : ''
  return (
    <button
      type="button"
      class={age > BRIEF_MS ? 'doubt' : 'doubt brief'}
      data-testid="lock"
      data-transaction={transactionId}
      data-since={since}
      onClick={show}
    >
      <Icon name="lock" />
      <UserText text={filename} oneLine />
      <span class="since">
        {age > BRIEF_MS ? `since ${clockText(since)}, ${ageText(age)}` : ''}
      </span>
      {total > 1 && <span class="since">+{countText(total - 1)}</span>}
      <span class="visually-hidden">{`in doubt${asOf}`}</span>
    </button>
  )
}

/** Every transaction locks for a moment; that is no news. */
const BRIEF_MS = 1500

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function numberOf(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : countText(value)
}

function restartsOf(node: NodeView | undefined, otherwise: string): string {
  const said: string[] = []
  if (node !== undefined && node.restarts > 0) said.push(`restarted ${node.restarts}× meanwhile`)
  if (node !== undefined && node.missed > 0) said.push(`${countText(node.missed)} events not heard`)
  return said.join(', ') || otherwise
}
