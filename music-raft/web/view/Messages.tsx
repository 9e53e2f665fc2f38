import { signal } from '@preact/signals'
import { durationText, preciseClockText } from '../../../common/web/model/time-format.ts'
import { Canvas, type Frame } from '../../../common/web/view/Canvas.tsx'
import { Button, Card } from '../../../common/web/view/parts.tsx'
import { type LaneFilter, type Picture, pictureOf } from '../model/lanes.ts'
import { SPEEDS, type Speed, ViewClock } from '../model/view-clock.ts'
import { model, view } from '../store.ts'
import { drawArrows, drawSheaves } from './arrow-canvas.ts'
import { drawNames, drawSegment, drawTicks, type Lanes, lanesOf } from './lane-canvas.ts'
import { MessageText } from './MessageText.tsx'

const clock = new ViewClock()
const paused = signal(false)
const speed = signal<Speed>(1)
const filter = signal<LaneFilter>({ heartbeats: true, answers: true })
/** How far behind the present the picture is. */
const behind = signal(0)
/** What is drawn, for the words beside it. */
export const picture = signal<Picture | null>(null)
let lastWords = 0

const SPEED_WORDS: Readonly<Record<Speed, string>> = {
  1: 'Live',
  0.1: '10× slower',
  0.01: '100× slower',
}

const LEGEND = [
  ['entries', 'AppendEntries'],
  ['heartbeat', 'Heartbeat'],
  ['answer', 'Answer'],
  ['refusal', 'Refusal'],
  ['election', 'Votes'],
  ['snapshot', 'Snapshot'],
] as const

/** Messages between the nodes as arrows, as both ends told them. */
export function Messages() {
  return (
    <Card title="Messages" note={<Behind />} tools={<Tools />} testId="messages">
      <Canvas
        label="Messages between the nodes, as arrows over time. The same as text follows."
        heightRem={19}
        testId="messages-canvas"
        draw={draw}
        onDrag={(pixels, width) => drag((-pixels / width) * clock.span)}
      />
      <ul class="legend">
        {LEGEND.map(([style, words]) => (
          <li key={style}>
            <span class={`arrow-swatch ${style}`} /> {words}
          </li>
        ))}
        <li>
          <span class="arrow-swatch bundle" /> many, with how many arrived
        </li>
      </ul>
      <MessageText paused={paused.value} picture={picture.value} />
    </Card>
  )
}

function Tools() {
  const { heartbeats, answers } = filter.value
  return (
    <>
      <Button
        icon={paused.value ? 'play' : 'pause'}
        pressed={paused.value}
        testId="messages-pause"
        onClick={() => setPaused(!paused.value)}
      >
        {paused.value ? 'Go on' : 'Pause'}
      </Button>
      <Button testId="messages-back" onClick={() => drag(-clock.span / 4)}>
        Back
      </Button>
      <Button testId="messages-forward" onClick={() => drag(clock.span / 4)}>
        Forward
      </Button>
      {SPEEDS.map((each) => (
        <Button key={each} pressed={speed.value === each} onClick={() => setSpeed(each)}>
          {SPEED_WORDS[each]}
        </Button>
      ))}
      <Button pressed={heartbeats} onClick={() => setFilter({ answers, heartbeats: !heartbeats })}>
        Heartbeats
      </Button>
      <Button pressed={answers} onClick={() => setFilter({ heartbeats, answers: !answers })}>
        Answers
      </Button>
    </>
  )
}

function Behind() {
  const ms = behind.value
  return (
    <span class="behind" data-testid="messages-behind">
      {ms < 500 ? 'now' : `${durationText(ms)} ago`}
    </span>
  )
}

function setPaused(value: boolean): void {
  clock.pause(value)
  paused.value = value
}

function setSpeed(value: Speed): void {
  clock.setSpeed(value)
  speed.value = value
}

function setFilter(value: LaneFilter): void {
  filter.value = value
}

function drag(ms: number): void {
  clock.shift(ms, model.offset.toThere(Date.now()))
  paused.value = true
}

const WORDS_MS = 500
const MANY_MS = 80
const EMPTY: Picture = { arrows: [], sheaves: [], messages: 0 }

function draw(frame: Frame): void {
  const present = model.offset.toThere(frame.now)
  const first = model.messages.arrows.at(0)
  const oldest = first?.sentAt ?? first?.receivedAt ?? present
  const end = clock.end(present, frame.passed, oldest)
  const nodes = view.peek().nodes.map(({ id }) => id)
  const lanes = lanesOf(frame, nodes, end - clock.span, end)
  const found = pictureNow(lanes, frame.now)
  drawTicks(frame, lanes, model.offset.ms, tickText)
  for (const node of nodes) {
    for (const segment of model.roles.segments(node, lanes.begin, lanes.end)) {
      drawSegment(frame, lanes, node, segment, true)
    }
  }
  drawSheaves(frame, lanes, found.sheaves)
  drawArrows(frame, lanes, found.arrows)
  drawNames(frame, lanes)
  if (frame.now - lastWords < WORDS_MS) return
  lastWords = frame.now
  picture.value = found
  behind.value = Math.max(0, present - end - 300)
}

let lastPicture = { at: 0, key: '', found: EMPTY }

/** Made anew a few times a second where many messages are drawn together: they only move between. */
function pictureNow({ begin, end }: Lanes, at: number): Picture {
  const { heartbeats, answers } = filter.peek()
  const key = `${clock.span} ${heartbeats} ${answers}`
  const { found, at: before } = lastPicture
  const many = found.sheaves.length > 0 && !clock.paused
  if (many && key === lastPicture.key && at - before < MANY_MS) return found
  lastPicture = { at, key, found: pictureOf(model.messages, begin, end, filter.peek()) }
  return lastPicture.found
}

function tickText(time: number): string {
  const text = preciseClockText(time)
  return clock.span > 2000 ? text.slice(0, 8) : text.slice(3)
}
