import type { Arrow } from './messages.ts'

/** Messages looked at each way: the fastest of them says most of the clocks and least of the network. */
const SAMPLES = 12
/** Less is the network's doing, and nobody sees it. */
const LEAST_MS = 25

interface Pair {
  /** From the leader, and back to it. */
  readonly out: number[]
  readonly back: number[]
}

/**
 * How far the clocks of nodes are ahead of that of the node asked, by the messages between them: a
 * message and its answer take about as long, and what is more one way and less the other is the clocks.
 */
export class Skew {
  readonly #ahead = new Map<number, number>()
  readonly #pairs = new Map<string, Pair>()

  /** In milliseconds. */
  of(node: number): number {
    return this.#ahead.get(node) ?? 0
  }

  /** An arrow both ends of which are known, in times corrected by what is known so far. */
  take(arrow: Arrow, asked: number): void {
    const { type, from, to, sentAt, receivedAt } = arrow
    const out = type === 'AppendEntries'
    if (sentAt === null || receivedAt === null) return
    if (!out && type !== 'AppendEntriesResponse') return
    const [leader, follower] = out ? [from, to] : [to, from]
    const key = `${leader} ${follower}`
    const pair = this.#pairs.get(key) ?? { out: [], back: [] }
    this.#pairs.set(key, pair)
    pair[out ? 'out' : 'back'].push(receivedAt - sentAt)
    if (pair.out.length < SAMPLES || pair.back.length < SAMPLES) {
      if (Math.max(pair.out.length, pair.back.length) > SAMPLES * 4) this.#pairs.delete(key)
      return
    }
    this.#pairs.delete(key)
    const followerAhead = (Math.min(...pair.out) - Math.min(...pair.back)) / 2
    if (Math.abs(followerAhead) < LEAST_MS) return
    // The node asked is what others are measured by; it is the leader's clock that differs then.
    if (follower === asked) this.#ahead.set(leader, this.of(leader) - followerAhead)
    else this.#ahead.set(follower, this.of(follower) + followerAhead)
  }
}
