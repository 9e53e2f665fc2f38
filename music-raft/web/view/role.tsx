import type { IconName } from '../../../common/web/view/Icon.tsx'
import { Badge, NodeTag, type Tone } from '../../../common/web/view/parts.tsx'
import type { NodeView } from '../model/node-views.ts'
import type { LaneState } from '../model/roles.ts'
import { ROLE_WORDS } from '../model/words.ts'

const SHAPES: Readonly<Record<LaneState, readonly [IconName, Tone]>> = {
  leader: ['star', 'accent'],
  follower: ['circle', 'good'],
  candidate: ['triangle', 'warn'],
  preCandidate: ['diamond', 'warn'],
  unheard: ['cross', 'off'],
}

/** What a node is, as last heard: a shape, a word and a colour. */
export function RoleBadge({ node }: { readonly node: NodeView }) {
  const role = node.knowledge === 'live' ? (node.state?.role ?? 'unheard') : 'unheard'
  const [icon, tone] = SHAPES[role]
  const word = role === 'unheard' ? unheardWord(node) : ROLE_WORDS[role]
  return (
    <Badge tone={tone} icon={icon} testId={`role-${node.id}`}>
      {word}
    </Badge>
  )
}

function unheardWord({ state }: NodeView): string {
  return state === null ? 'Never heard' : `Was ${ROLE_WORDS[state.role].toLowerCase()}`
}

export function NodeName({ id }: { readonly id: number }) {
  return <NodeTag name={`Node ${id}`} place={id} />
}
