import type { LockSpan } from '../model/scene.ts'
import { outcome, type Transaction } from '../model/transaction.ts'
import { duration, lineOf } from '../model/words.ts'
import { Arrows } from './Arrows.tsx'
import { PlacedSign, signOf } from './glyphs.tsx'
import { heightOf, LARGE, Plot, type Sizes } from './plot.ts'

interface SwimlaneProps {
  readonly transaction: Transaction
  /** The coordinator first. */
  readonly lanes: readonly string[]
  readonly sizes: Sizes
  readonly label: string
}

/** A transaction as lanes on one time axis. Its height does not depend on what is in it. */
export function Swimlane({ transaction, lanes, sizes, label }: SwimlaneProps) {
  const plot = new Plot(transaction, lanes, sizes)
  const large = sizes === LARGE
  return (
    <svg
      class={large ? 'swimlane large' : 'swimlane'}
      role="img"
      aria-label={label}
      width="100%"
      height={`${heightOf(sizes, lanes.length)}rem`}
      style={large ? { minWidth: `${plot.scene.width * 1.45 + 4}rem` } : {}}
    >
      <Phases transaction={transaction} plot={plot} large={large} />
      <Lanes transaction={transaction} plot={plot} />
      <Arrows plot={plot} large={large} />
      <Marks transaction={transaction} plot={plot} />
      <Axis plot={plot} large={large} />
    </svg>
  )
}

interface PartProps {
  readonly transaction: Transaction
  readonly plot: Plot
}

/** Above the lanes: the two phases, parted by the decision. */
function Phases({ transaction, plot, large }: PartProps & { readonly large: boolean }) {
  const decisions = plot.scene.marks.filter(({ moment }) => moment.what.kind === 'decided')
  // Where the coordinator did not tell it, the first who did.
  const [earliest] = decisions.toSorted((a, b) => a.x - b.x)
  const own = decisions.find(({ moment }) => moment.node === transaction.coordinator)
  const decided = own ?? earliest
  const parts =
    decided === undefined
      ? [[0, null]]
      : [
          [0, decided.x],
          [decided.x, null],
        ]
  const height = large ? 1.35 : 0.28
  const known = outcome(transaction)
  return (
    <g class="phases">
      {parts.map(([from, to], place) => {
        const [left, right] = [plot.at(from ?? 0), to === null ? 100 : plot.at(to ?? 0)]
        const name = place === 0 ? 'Phase 1: voting' : `Phase 2: ${known?.decision ?? 'decision'}`
        const tone = place === 0 ? 'voting' : (known?.decision ?? '')
        return (
          <g key={name} class={`phase ${tone}`}>
            <rect
              x={`${left.toFixed(2)}%`}
              width={`${Math.max(0, right - left).toFixed(2)}%`}
              height={`${height}rem`}
              rx="0.2rem"
            />
            {large && (
              <text x={`${(left + 0.6).toFixed(2)}%`} y="0.95rem">
                {name}
              </text>
            )}
          </g>
        )
      })}
    </g>
  )
}

/** The lanes, while their picture was locked, and what was not heard. */
function Lanes({ transaction, plot }: PartProps) {
  const { scene, lanes, sizes } = plot
  const thick = sizes.lane * 0.42
  return (
    <g class="lanes">
      {lanes.map((node) => {
        const y = plot.row(node) ?? 0
        return (
          <g
            key={node}
            data-testid="lane"
            data-node={node}
            data-vote={transaction.parts.get(node)?.vote ?? undefined}
          >
            <rect
              class="lane-area"
              width="100%"
              y={`${y - sizes.lane / 2}rem`}
              height={`${sizes.lane}rem`}
            />
            <line class="lane-line" x1="0" x2="100%" y1={`${y}rem`} y2={`${y}rem`} />
          </g>
        )
      })}
      {scene.locks.map((span) => (
        <Lock key={span.node} span={span} plot={plot} thick={thick} />
      ))}
      {scene.gaps.map(({ node, fromX, toX, missing }) => {
        const row = plot.row(node)
        if (row === null) return null
        const width = Math.max(0.5, plot.at(toX) - plot.at(fromX))
        return (
          <rect
            key={`${node}-${toX}`}
            class="gap"
            data-testid="mark"
            data-kind="gap"
            data-node={node}
            x={plot.x(fromX)}
            y={`${row - thick}rem`}
            width={`${width.toFixed(2)}%`}
            height={`${2 * thick}rem`}
          >
            <title>{`${node}: ${missing ?? 'an unknown number of'} events were not heard`}</title>
          </rect>
        )
      })}
    </g>
  )
}

interface LockProps {
  readonly span: LockSpan
  readonly plot: Plot
  readonly thick: number
}

function Lock({ span: { node, fromX, toX, unheardEnd }, plot, thick }: LockProps) {
  const row = plot.row(node)
  if (row === null) return null
  const right = toX === null ? 100 : plot.at(toX)
  const state = toX === null ? 'held' : unheardEnd ? 'unheard' : 'freed'
  const title = {
    held: 'the picture is locked here: in doubt',
    unheard: 'the picture was locked here; how that ended was not heard',
    freed: 'the picture was locked here',
  }[state]
  return (
    <rect
      class={`lock ${state}`}
      data-testid="lock-span"
      data-node={node}
      data-state={state}
      x={plot.x(fromX)}
      y={`${row - thick / 2}rem`}
      width={`${(right - plot.at(fromX)).toFixed(2)}%`}
      height={`${thick}rem`}
      rx="0.3rem"
    >
      <title>{`${node}: ${title}`}</title>
    </rect>
  )
}

function Marks({ transaction, plot }: PartProps) {
  const answered = new Set(
    plot.scene.arrows
      .filter(({ toX }) => toX !== null)
      .map(({ arrow }) => saidBy(arrow.says, arrow.fromNode)),
  )
  return (
    <g class="marks">
      {plot.scene.marks.map(({ moment, x }) => {
        const { node, sequence, time, what } = moment
        const sign = signOf(what)
        const row = plot.row(node)
        if (sign === null || row === null) return null
        // The arrow that brought it says it already.
        if (what.kind === 'voted' && answered.has(saidBy(VOTED[what.vote], what.from))) return null
        if (what.kind === 'acknowledged' && answered.has(saidBy('Ack', what.from))) return null
        const detail = detailOf(what)
        return (
          <g
            key={`${node}-${moment.start}-${sequence}-${time}-${what.kind}-${detail}`}
            data-testid="mark"
            data-kind={what.kind === 'rpc' ? 'voted' : what.kind}
            data-node={node}
            data-detail={detail}
            data-x={x.toFixed(2)}
          >
            <PlacedSign sign={sign} x={plot.x(x)} y={`${row}rem`}>
              <title>{lineOf(moment, transaction).text}</title>
            </PlacedSign>
          </g>
        )
      })}
    </g>
  )
}

const VOTED = { commit: 'VoteCommit', abort: 'VoteAbort', none: '' } as const

function saidBy(says: string, node: string): string {
  return `${node}|${says}`
}

function detailOf(what: Parameters<typeof signOf>[0]): string {
  switch (what.kind) {
    case 'forced':
      return what.record
    case 'decided':
      return what.decision
    case 'rpc':
      return what.reply === 'VoteCommit' ? 'commit' : 'abort'
    case 'voted':
      return `${what.from} ${what.vote}`
    case 'acknowledged':
    case 'deliveryFailed':
      return what.from
    default:
      return ''
  }
}

/** Labels closer than this, in percent, would run into each other. */
const APART = { compact: 17, large: 6 }

function Axis({ plot, large }: { readonly plot: Plot; readonly large: boolean }) {
  const { scene, bottom } = plot
  const apart = large ? APART.large : APART.compact
  let last = Number.NEGATIVE_INFINITY
  const ticks = scene.ticks.filter(({ x }) => {
    const at = plot.at(x)
    if (at - last < apart) return false
    last = at
    return true
  })
  return (
    <g class="axis">
      <line class="axis-line" x1="0" x2="100%" y1={`${bottom}rem`} y2={`${bottom}rem`} />
      {scene.breaks.map(({ fromX, toX, ms }) => (
        <g key={fromX}>
          <rect
            class="pause"
            x={plot.x(fromX + (toX - fromX) * 0.3)}
            width={`${((plot.at(toX) - plot.at(fromX)) * 0.4).toFixed(2)}%`}
            y={`${plot.sizes.top}rem`}
            height={`${bottom - plot.sizes.top}rem`}
          >
            <title>{`${duration(ms)} in which nothing was told`}</title>
          </rect>
        </g>
      ))}
      {ticks.map(({ x, at }) => (
        <g key={at} class="tick">
          <line
            class="tick-line"
            x1={plot.x(x)}
            x2={plot.x(x)}
            y1={`${bottom}rem`}
            y2={`${bottom + 0.25}rem`}
          />
          <text x={plot.x(x)} y={`${bottom + 1}rem`} text-anchor={anchorOf(plot.at(x))}>
            {x === 0 ? '0' : duration(at)}
          </text>
        </g>
      ))}
    </g>
  )
}

/** Nothing runs over the edge. */
function anchorOf(at: number): 'start' | 'middle' | 'end' {
  if (at < 5) return 'start'
  return at > 93 ? 'end' : 'middle'
}
