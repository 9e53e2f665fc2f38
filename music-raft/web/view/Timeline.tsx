import { signal } from '@preact/signals'
import { clockText } from '../../../common/web/model/time-format.ts'
import { Canvas, type Frame } from '../../../common/web/view/Canvas.tsx'
import { Button, Card } from '../../../common/web/view/parts.tsx'
import { now } from '../../../common/web/view/use-now.ts'
import { ROLE_WORDS } from '../model/words.ts'
import { model, version, view } from '../store.ts'
import { drawBlind, drawNames, drawSegment, drawTicks, lanesOf } from './lane-canvas.ts'

const SPANS = [
  { label: '1 min', ms: 60_000 },
  { label: '10 min', ms: 600_000 },
  { label: '1 h', ms: 3_600_000 },
] as const

const span = signal<number>(60_000)
/** The right edge, by the nodes' clocks; null: the present. */
const edge = signal<number | null>(null)

/** Who was what, when: elections and changes of roles, as far back as anybody told. */
export function Timeline() {
  void version.value
  const present = model.offset.toThere(now.value)
  const begin = Math.min(model.roles.begin ?? present, present - span.value)
  const end = edge.value ?? present
  const oldest = begin + span.value
  const tools = (
    <>
      {SPANS.map(({ label, ms }) => (
        <Button key={label} pressed={span.value === ms} onClick={() => setSpan(ms)}>
          {label}
        </Button>
      ))}
      <Button disabled={edge.value === null} icon="next" onClick={() => setEdge(null)}>
        Now
      </Button>
    </>
  )
  return (
    <Card title="Elections and roles" tools={tools} testId="timeline">
      <Canvas
        label={summary()}
        heightRem={15}
        testId="timeline-canvas"
        everyMs={100}
        draw={draw}
        onDrag={(pixels, width) => drag((-pixels / width) * span.value, present)}
      />
      <input
        class="scrub"
        type="range"
        aria-label="Scroll back in time"
        aria-valuetext={edge.value === null ? 'now' : clockText(model.offset.toHere(end))}
        disabled={oldest >= present}
        min={Math.min(oldest, present - 1)}
        max={present}
        step={span.value / 60}
        value={end}
        onInput={(event) => {
          const value = event.currentTarget.valueAsNumber
          setEdge(value >= present - span.value / 60 ? null : value)
        }}
      />
    </Card>
  )
}

function setSpan(ms: number): void {
  span.value = ms
}

function setEdge(time: number | null): void {
  edge.value = time
}

function drag(ms: number, present: number): void {
  const oldest = (model.roles.begin ?? present) + span.value * 0.5
  const moved = Math.max(Math.min(oldest, present), (edge.value ?? present) + ms)
  edge.value = moved >= present ? null : moved
}

function draw(frame: Frame): void {
  const end = edge.peek() ?? model.offset.toThere(frame.now)
  const nodes = view.peek().nodes.map(({ id }) => id)
  const lanes = lanesOf(frame, nodes, end - span.peek(), end)
  drawTicks(frame, lanes, model.offset.ms, clockText)
  for (const node of nodes) {
    for (const segment of model.roles.segments(node, lanes.begin, lanes.end)) {
      const unknown = segment.until === null && !isLive(node)
      drawSegment(frame, lanes, node, unknown ? { ...segment, until: lastHeard(node) } : segment)
    }
  }
  for (const { from, until } of model.blind) drawBlind(frame, lanes, from, until)
  drawNames(frame, lanes)
}

/** What it was when it was last heard is not what it is now. */
function isLive(node: number): boolean {
  return view.peek().nodes.find(({ id }) => id === node)?.knowledge === 'live'
}

function lastHeard(node: number): number | null {
  const heardAt = view.peek().nodes.find(({ id }) => id === node)?.heardAt
  return heardAt == null ? null : model.offset.toThere(heardAt)
}

function summary(): string {
  const parts = view.value.nodes.map(({ id, state, knowledge }) => {
    const role = state === null ? 'never heard' : ROLE_WORDS[state.role].toLowerCase()
    return `node ${id} ${knowledge === 'live' ? '' : 'was '}${role}`
  })
  return `Roles over time. Now: ${parts.join(', ')}. What happened stands beside it as text.`
}
