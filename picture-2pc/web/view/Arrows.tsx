import type { DrawnArrow } from '../model/scene.ts'
import type { Plot } from './plot.ts'

/** Messages from lane to lane. */
export function Arrows({ plot, large }: { readonly plot: Plot; readonly large: boolean }) {
  const { arrows } = plot.scene
  const first = (drawn: DrawnArrow) =>
    drawn === arrows.find(({ arrow }) => arrow.says === drawn.arrow.says)
  return (
    <g class="arrows">
      {arrows.map((drawn, place) => (
        <ArrowLine key={keyOf(drawn, place)} drawn={drawn} plot={plot} />
      ))}
      {large &&
        arrows
          .filter(first)
          .map((drawn, place) => (
            <ArrowLabel key={keyOf(drawn, place)} drawn={drawn} plot={plot} />
          ))}
    </g>
  )
}

/** Over all arrows, beside the middle of its own. */
function ArrowLabel({ drawn: { arrow, fromX, toX }, plot }: ArrowProps) {
  const [top, bottom] = [plot.row(arrow.fromNode), plot.row(arrow.toNode)]
  if (fromX === null || toX === null || top === null || bottom === null) return null
  const y = `${(top + bottom) / 2}rem`
  return (
    <text class="arrow-label" x={plot.x((fromX + toX) / 2)} y={y} dx="0.5rem" dy="0.2rem">
      {arrow.says}
    </text>
  )
}

function keyOf({ arrow }: DrawnArrow, place: number): string {
  return `${arrow.fromNode}-${arrow.toNode}-${arrow.says}-${place}`
}

/** How much of the way is drawn of a message of which only one end was heard. */
const STUB = 0.4
const STUB_WIDTH = 0.9

interface ArrowProps {
  readonly drawn: DrawnArrow
  readonly plot: Plot
}

function ArrowLine({ drawn: { arrow, fromX, toX }, plot }: ArrowProps) {
  const { says, fromNode, toNode } = arrow
  const [top, bottom] = [plot.row(fromNode), plot.row(toNode)]
  if (top === null || bottom === null) return null
  const x1 = plot.x(fromX ?? Math.max(0, (toX ?? 0) - STUB_WIDTH))
  const x2 = plot.x(toX ?? (fromX ?? 0) + STUB_WIDTH)
  const y1 = fromX === null ? bottom + (top - bottom) * STUB : top
  const y2 = toX === null ? top + (bottom - top) * STUB : bottom
  const whole = fromX !== null && toX !== null
  const unheard = toX === null ? ': its arrival was not heard' : ': its sending was not heard'
  const kind = kindOf(says)
  return (
    <g class={`arrow ${kind}${whole ? '' : ' stub'}`}>
      <line
        data-testid="arrow"
        data-from={fromNode}
        data-to={toNode}
        data-rpc={says}
        data-x={(fromX ?? toX ?? 0).toFixed(2)}
        data-heard={whole ? 'both' : fromX === null ? 'arrival' : 'sending'}
        {...{ x1, x2, y1: `${y1}rem`, y2: `${y2}rem` }}
        marker-end={`url(#${toX === null ? 'lost' : 'head'}-${kind})`}
      >
        <title>{`${says} from ${fromNode} to ${toNode}${whole ? '' : unheard}`}</title>
      </line>
    </g>
  )
}

/** Kinds of messages that look alike. */
const ARROW_KINDS = ['request', 'yes', 'no', 'commit', 'abort', 'ack', 'ask'] as const
type ArrowKind = (typeof ARROW_KINDS)[number]

const KINDS: Readonly<Record<string, ArrowKind>> = {
  VoteRequest: 'request',
  VoteCommit: 'yes',
  VoteAbort: 'no',
  GlobalCommit: 'commit',
  GlobalAbort: 'abort',
  Ack: 'ack',
  'DecisionReply COMMIT': 'commit',
  'DecisionReply ABORT': 'abort',
}

function kindOf(says: string): ArrowKind {
  return KINDS[says] ?? 'ask'
}

/** Arrow heads, once on the page. */
export function ArrowHeads() {
  return (
    <svg class="definitions" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {ARROW_KINDS.map((kind) => (
          <marker
            key={kind}
            id={`head-${kind}`}
            class={`head ${kind}`}
            {...{ viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7 }}
            orient="auto"
          >
            <path d="M0 .8 7.5 4 0 7.2Z" />
          </marker>
        ))}
        {ARROW_KINDS.map((kind) => (
          <marker
            key={kind}
            id={`lost-${kind}`}
            class={`head ${kind} open`}
            {...{ viewBox: '-5 -5 10 10', markerWidth: 7, markerHeight: 7 }}
          >
            <circle r="3" />
          </marker>
        ))}
        <pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse">
          <path class="hatch-lines" d="M-2 9 9-2M5 9 9 5M-2 2 2-2" />
        </pattern>
        <pattern id="pause" width="6" height="6" patternUnits="userSpaceOnUse">
          <path class="pause-lines" d="M1 0V3" />
        </pattern>
        <pattern id="doubt" width="9" height="9" patternUnits="userSpaceOnUse">
          <rect class="doubt-ground" width="9" height="9" />
          <path class="doubt-lines" d="M-2 11 11-2M7 11 11 7M-2 2 2-2" />
        </pattern>
      </defs>
    </svg>
  )
}
