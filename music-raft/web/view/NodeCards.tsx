import { ageText, countText } from '../../../common/web/model/time-format.ts'
import { Badge } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { pageOf } from '../about.ts'
import type { NodeView } from '../model/node-views.ts'
import { model, view } from '../store.ts'
import { NodeName, RoleBadge } from './role.tsx'

/** Each node: its role, its vote, and when it was last heard. */
export function NodeCards() {
  const { nodes } = view.value
  return (
    <section aria-label="Nodes">
      <ul class="nodes">
        {nodes.map((node) => (
          <NodeCard key={node.id} node={node} />
        ))}
      </ul>
    </section>
  )
}

function NodeCard({ node }: { readonly node: NodeView }) {
  const { id, state, knowledge } = node
  const leads = knowledge === 'live' && state?.role === 'leader'
  return (
    <li
      class={`node-card ${knowledge} ${leads ? 'leads' : ''}`}
      data-testid={`node-${id}`}
      data-knowledge={knowledge}
      data-role={state?.role ?? ''}
    >
      <div class="node-head">
        <h3>
          <PageLink id={id} />
        </h3>
        <RoleBadge node={node} />
      </div>
      <dl class="facts">
        <Fact name="Term" value={state === null ? '–' : String(state.term)} />
        <Fact name="Vote" value={voteText(node)} />
        <Fact name="Applied" value={state === null ? '–' : countText(state.lastApplied)} />
        <Fact name="Leader heard it" value={contactText(node)} />
      </dl>
      <div class="node-foot">
        <Heard node={node} />
        <Troubles node={node} />
      </div>
    </li>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function voteText({ state, id }: NodeView): string {
  if (state === null) return '–'
  if (state.votedFor === null) return 'none'
  return state.votedFor === id ? 'itself' : `node ${state.votedFor}`
}

function contactText({ leaderContactMs, knowledge, state }: NodeView): string {
  if (knowledge === 'live' && state?.role === 'leader') return 'leads'
  return leaderContactMs === null ? '–' : `${(leaderContactMs / 1000).toFixed(1)} s ago`
}

function Heard({ node }: { readonly node: NodeView }) {
  if (node.knowledge === 'live') {
    return (
      <Badge tone="good" icon="circle">
        Heard
      </Badge>
    )
  }
  const { heardAt, reason } = node
  const words = heardAt === null ? 'Not heard' : `Not heard for ${ageText(now.value - heardAt)}`
  return (
    <Badge tone="bad" icon="cross" title={reason}>
      {words}
    </Badge>
  )
}

/** What somebody should look into, as the node itself said. */
function Troubles({ node }: { readonly node: NodeView }) {
  const { state, member, knowledge } = node
  const learner = member !== null && !member.voter
  return (
    <>
      {member === null && knowledge !== 'never' && <Trouble words="No member" />}
      {learner && (
        <Badge tone="off" icon="diamond">
          Learner
        </Badge>
      )}
      {state?.diverged === true && <Trouble words="Diverged" />}
      {state?.diskTrouble === true && <Trouble words="Disk trouble" />}
      {state?.recovering === true && <Trouble words="Lost its disk" />}
      {knowledge === 'live' && state?.ready === false && (
        <Trouble words="Not ready" why={state.notReadyBecause} />
      )}
    </>
  )
}

function Trouble({ words, why }: { readonly words: string; readonly why?: string }) {
  return (
    <Badge tone="warn" icon="warning" {...(why === undefined ? {} : { title: why })}>
      {words}
    </Badge>
  )
}

function PageLink({ id }: { readonly id: number }) {
  const page = pageOf(id)
  const name = <NodeName id={id} />
  if (page === null || String(id) === model.asked) return name
  return (
    <a class="node-link" href={page} aria-label={`Node ${id}, its page`}>
      {name}
    </a>
  )
}
