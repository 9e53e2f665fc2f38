import type { Arrow, Bundle, MessageLog, MessageType } from './messages.ts'

/** How messages are told apart in the picture: by line, head and colour. */
export type ArrowStyle = 'entries' | 'heartbeat' | 'answer' | 'refusal' | 'election' | 'snapshot'

/** Drawn one by one at most; more are drawn together. */
export const MOST_DRAWN = 300
/** The longest that a message is under way in the picture. */
const LONGEST_MS = 1000
/** Of the span that is drawn: messages of one slice, pair of nodes and direction are one thick arrow. */
const SLICES = 24

/** Many messages from one node to another, drawn as one arrow with their number. */
export interface Sheaf {
  readonly from: number
  readonly to: number
  /** Answers go back the way that requests came. */
  readonly answers: boolean
  readonly begin: number
  readonly end: number
  readonly count: number
}

export interface Picture {
  readonly arrows: readonly Arrow[]
  readonly sheaves: readonly Sheaf[]
  /** Messages in sight, those in sheaves included. */
  readonly messages: number
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

/**
 * What of the log is drawn for the span from `begin` to `end`. Slices lie at multiples of their width, so
 * that they keep what is in them while time goes on.
 */
export function pictureOf(
  log: MessageLog,
  begin: number,
  end: number,
  filter: LaneFilter,
): Picture {
  const arrows = arrowsIn(log, begin, end, filter)
  const bundles = bundlesIn(log, begin, end, filter)
  const sheaves = new Sheaves((end - begin) / SLICES)
  let messages = arrows.length
  for (const bundle of bundles) {
    sheaves.add(bundle, (bundle.begin + bundle.end) / 2, bundle.count)
    messages += bundle.count
  }
  if (arrows.length <= MOST_DRAWN) return { arrows, sheaves: sheaves.list, messages }
  const rare = arrows.filter((arrow) => {
    // Votes and refusals stay as they are: they are what one looks for.
    const style = styleOf(arrow)
    if (style === 'election' || style === 'refusal' || style === 'snapshot') return true
    sheaves.add(arrow, arrow.sentAt ?? arrow.receivedAt ?? begin, 1)
    return false
  })
  return { arrows: rare.slice(0, MOST_DRAWN), sheaves: sheaves.list, messages }
}

function arrowsIn(log: MessageLog, begin: number, end: number, filter: LaneFilter): Arrow[] {
  const arrows: Arrow[] = []
  for (let place = log.arrows.length - 1; place >= 0; place -= 1) {
    const arrow = log.arrows.at(place)
    if (arrow === undefined) break
    const time = arrow.sentAt ?? arrow.receivedAt ?? 0
    if (time < begin - LONGEST_MS) break
    if (time > end || (arrow.receivedAt ?? time) < begin || !passes(arrow, filter)) continue
    arrows.push(arrow)
  }
  return arrows
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

class Sheaves {
  readonly #width: number
  readonly #byKey = new Map<string, Sheaf & { count: number }>()

  constructor(width: number) {
    this.#width = width
  }

  get list(): readonly Sheaf[] {
    return [...this.#byKey.values()]
  }

  add(
    { from, to, type }: { readonly from: number; readonly to: number; readonly type: MessageType },
    time: number,
    count: number,
  ): void {
    const slice = Math.floor(time / this.#width)
    const answers = isAnswer(type)
    const key = `${from}>${to} ${answers} ${slice}`
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      known.count += count
      return
    }
    const begin = slice * this.#width
    this.#byKey.set(key, { from, to, answers, begin, end: begin + this.#width, count })
  }
}
