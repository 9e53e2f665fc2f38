import type { Arrow, Bundle, MessageLog, MessageType } from './messages.ts'

/** How messages are told apart in the picture: by line, head and colour. */
export type ArrowStyle = 'entries' | 'heartbeat' | 'answer' | 'refusal' | 'election' | 'snapshot'

/** Drawn one by one at most; more are drawn as bundles. */
export const MOST_DRAWN = 900
/** The longest that a message is under way in the picture. */
const LONGEST_MS = 5000
/** Of the span that is drawn: arrows nearer to each other than this are one bundle. */
const SLICES = 80

export interface Picture {
  readonly arrows: readonly Arrow[]
  readonly bundles: readonly Bundle[]
  /** Messages in sight, those in bundles included. */
  readonly messages: number
  /** Whether arrows were put together here because there are too many. */
  readonly aggregated: boolean
}

export interface LaneFilter {
  readonly heartbeats: boolean
  readonly answers: boolean
}

export function styleOf({ type, entries, success }: Arrow): ArrowStyle {
  switch (type) {
    case 'AppendEntries':
      return entries > 0 ? 'entries' : 'heartbeat'
    case 'RequestVote':
    case 'TimeoutNow':
      return 'election'
    case 'RequestVoteResponse':
      return success === false ? 'refusal' : 'election'
    case 'InstallSnapshot':
      return 'snapshot'
    default:
      return success === false ? 'refusal' : 'answer'
  }
}

/** What of the log is drawn for the span from `begin` to `end`. */
export function pictureOf(
  log: MessageLog,
  begin: number,
  end: number,
  filter: LaneFilter,
): Picture {
  const arrows: Arrow[] = []
  let messages = 0
  for (let place = log.arrows.length - 1; place >= 0; place -= 1) {
    const arrow = log.arrows.at(place)
    if (arrow === undefined) break
    const time = arrow.sentAt ?? arrow.receivedAt ?? 0
    if (time < begin - LONGEST_MS) break
    if (time > end || (arrow.receivedAt ?? time) < begin || !passes(arrow, filter)) continue
    arrows.push(arrow)
    messages += 1
  }
  const bundles = bundlesIn(log, begin, end, filter)
  messages += bundles.reduce((sum, { count }) => sum + count, 0)
  if (arrows.length <= MOST_DRAWN) return { arrows, bundles, messages, aggregated: false }
  const [few, many] = aggregate(arrows, begin, end)
  return { arrows: few, bundles: [...bundles, ...many], messages, aggregated: true }
}

function passes(arrow: Arrow, filter: LaneFilter): boolean {
  const style = styleOf(arrow)
  if (style === 'heartbeat') return filter.heartbeats
  return style !== 'answer' || filter.answers
}

/** The two ends tell the same messages: those of the sender count, where it told any. */
function bundlesIn(log: MessageLog, begin: number, end: number, filter: LaneFilter): Bundle[] {
  const found: Bundle[] = []
  const told = new Set<string>()
  for (let place = log.bundles.length - 1; place >= 0; place -= 1) {
    const bundle = log.bundles.at(place)
    if (bundle === undefined || bundle.end < begin - LONGEST_MS) break
    if (bundle.begin > end || bundle.end < begin) continue
    if (!filter.answers && isAnswer(bundle.type)) continue
    found.push(bundle)
    if (bundle.toldBy === 'sender') told.add(`${bundle.from}>${bundle.to} ${bundle.type}`)
  }
  return found.filter(
    ({ toldBy, from, to, type }) => toldBy === 'sender' || !told.has(`${from}>${to} ${type}`),
  )
}

function isAnswer(type: MessageType): boolean {
  return type.endsWith('Response')
}

/** Votes and refusals stay as they are: they are what one looks for. */
function aggregate(
  arrows: readonly Arrow[],
  begin: number,
  end: number,
): [readonly Arrow[], readonly Bundle[]] {
  const slice = (end - begin) / SLICES
  const few: Arrow[] = []
  const counts = new Map<string, Bundle & { count: number }>()
  for (const arrow of arrows) {
    const style = styleOf(arrow)
    if (style === 'election' || style === 'refusal' || style === 'snapshot') {
      few.push(arrow)
      continue
    }
    const { type, from, to } = arrow
    const place = Math.floor(((arrow.sentAt ?? arrow.receivedAt ?? begin) - begin) / slice)
    const key = `${from}>${to} ${type} ${place}`
    const known = counts.get(key)
    if (known !== undefined) {
      known.count += 1
      continue
    }
    const from0 = begin + place * slice
    counts.set(key, {
      ...{ type, from, to, begin: from0, end: from0 + slice, count: 1, toldBy: 'sender' },
    })
  }
  return [few.slice(0, MOST_DRAWN), [...counts.values()]]
}
