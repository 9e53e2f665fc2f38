import type { NodeView } from './node-views.ts'

/** The part of the log that is drawn: indexes from `begin` to `end`, both on the axis. */
export interface LogAxis {
  readonly begin: number
  readonly end: number
}

/** `tail`: so near that the furthest behind is told from the others; `whole`: from the first entry. */
export type LogZoom = 'tail' | 'whole'

const LEAST = 40
const STEPS = [1, 2, 5]
const FINE_STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8]

/** One axis for all nodes, so that a bar that ends early is behind. */
export function logAxis(nodes: readonly NodeView[], zoom: LogZoom): LogAxis {
  const states = nodes.flatMap(({ state }) => state ?? [])
  const last = Math.max(1, ...states.map(({ lastIndex }) => lastIndex))
  // Room to grow into, so that the axis steps now and then and does not slide all the time.
  if (zoom === 'whole') return { begin: 0, end: stepUp(last * 1.02, FINE_STEPS) }
  const marks = nodes.flatMap(({ state, matchIndex }) =>
    state === null ? [] : [state.lastIndex, state.lastApplied, matchIndex ?? state.lastIndex],
  )
  const lowest = Math.min(last, ...marks)
  const span = stepUp(Math.max(LEAST, (last - lowest) * 1.5))
  const step = Math.max(1, Math.round(span / 4))
  const end = Math.ceil((last + step / 4) / step) * step
  return { begin: Math.max(0, end - span - step), end }
}

/** The next round number: one of the steps times a power of ten. */
function stepUp(value: number, steps: readonly number[] = STEPS): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  const step = steps.find((each) => each * power >= value)
  return step === undefined ? 10 * power : step * power
}

/** Where an index is on the axis, 0 to 1. */
export function placeOn({ begin, end }: LogAxis, index: number): number {
  return Math.min(1, Math.max(0, (index - begin) / (end - begin)))
}

/** A part of a node's log, from one index to another. */
export interface LogPart {
  readonly kind: 'snapshot' | 'applied' | 'committed' | 'saved' | 'unsaved'
  readonly from: number
  readonly to: number
}

/** What a node holds, part by part: covered by its snapshot, applied, committed, on disk, in memory. */
export function logParts(node: NodeView): readonly LogPart[] {
  const { state } = node
  if (state === null) return []
  const { firstIndex, snapshotIndex, lastApplied, commitIndex, savedIndex, lastIndex } = state
  const logBegin = firstIndex - 1
  const parts: LogPart[] = []
  if (snapshotIndex > 0)
    parts.push({ kind: 'snapshot', from: 0, to: Math.min(snapshotIndex, logBegin) })
  let from = logBegin
  const upTo = (kind: LogPart['kind'], to: number) => {
    const end = Math.min(to, lastIndex)
    if (end > from) parts.push({ kind, from, to: end })
    from = Math.max(from, end)
  }
  upTo('applied', lastApplied)
  upTo('committed', commitIndex)
  upTo('saved', savedIndex)
  upTo('unsaved', lastIndex)
  return parts.filter((part) => part.to > part.from)
}

/** What a viewer should see at once of a log; '' where it is as it should be. */
export function logTrouble(node: NodeView, leader: NodeView | null): string {
  const { state } = node
  if (state === null || node.knowledge !== 'live') return ''
  if (state.diverged) return 'diverged: its state is not that of the leader'
  if (leader === null || leader.state === null || leader.id === node.id) return ''
  if (state.lastIndex > leader.state.lastIndex + FEW) return 'holds entries the leader does not'
  const behind = leader.state.commitIndex - state.lastApplied
  return behind > Math.max(FEW, (leader.state.lastIndex - leader.state.firstIndex) * 0.02)
    ? `${behind} entries behind`
    : ''
}

/** On their way at any moment, and no trouble. */
const FEW = 200
