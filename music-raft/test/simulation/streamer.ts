import type { Operation } from '../../linearizability/history.ts'
import { type QueueInput, type QueueOutput, UNTOLD } from '../../linearizability/queue-history.ts'
import { BATCH, encodeBatch } from '../../queue/batch.ts'
import { OUTCOME_CODES } from '../../queue/outcome.ts'
import { DEFAULT_LIMITS, type NewTrack } from '../../queue/validate.ts'
import { Random } from './random.ts'
import { type Proposed, propose } from './serve.ts'
import type { World } from './world.ts'

const PATIENCE = [500, 2_000, 6_000] as const
const RETRY_MS = 250
const MOST_TRACKS = 6

interface Asked extends NewTrack {
  readonly requestId: number
  readonly since: number
}

/**
 * Somebody who adds tracks on a stream: asks for several at a time, and repeats what was not answered
 * in batches cut anew, on any node, until it is.
 */
export class Streamer {
  readonly name: string
  readonly history: Operation<QueueInput, QueueOutput>[] = []
  readonly #world: World
  readonly #random: Random
  readonly #clientId: string
  #requestId = 0
  /** In the order of their request ids. */
  #unanswered: readonly Asked[] = []
  #mood: 'busy' | 'still' | 'done' = 'busy'
  #onIdle: () => void = () => undefined

  constructor(world: World, number: number) {
    this.name = `s${number}`
    this.#world = world
    this.#random = new Random(world.plan.seed, `streamer ${number}`)
    this.#clientId = `00000000-0000-4000-9000-${number.toString(16).padStart(12, '0')}`
  }

  get isSettled(): boolean {
    return this.#unanswered.length === 0
  }

  get isIdle(): boolean {
    return this.isSettled
  }

  start(): void {
    const { scheduler, plan } = this.#world
    scheduler.after(this.#random.waiting(2 * plan.clients.pause), () => {
      if (this.#mood !== 'busy') return
      const count = 1 + this.#random.below(MOST_TRACKS)
      this.#ask(Array.from({ length: count }, () => `t${this.#random.below(plan.clients.tracks)}`))
    })
  }

  settle(): void {
    if (this.#mood === 'busy') this.#mood = 'still'
  }

  finish(): void {
    this.#mood = 'done'
  }

  /** A track more, once all is well; `done` when it is answered. */
  probe(done: () => void): void {
    this.#onIdle = done
    this.#ask([`probe-${this.name}`])
  }

  #ask(ids: readonly string[]): void {
    const since = this.#world.scheduler.now
    this.#unanswered = ids.map((id) => {
      this.#requestId += 1 + this.#random.below(3)
      const track = { id, title: `title of ${id}`, artist: this.name, duration: 100 }
      return { ...track, requestId: this.#requestId, since }
    })
    this.#attempt()
  }

  /** The first of what is not answered, in one log entry: the rest follows when they are. */
  #attempt(): void {
    const { world, random } = { world: this.#world, random: this.#random }
    const tracks = this.#unanswered.slice(0, 1 + random.below(this.#unanswered.length))
    let over = false
    const settle = (proposed: Proposed) => {
      if (over) return
      over = true
      this.#answered(tracks, proposed)
    }
    world.scheduler.after(random.pick(PATIENCE), () => settle({ kind: 'unknown' }))
    const node = random.any(world.reachable)
    if (node === undefined) return
    const data = encodeBatch({ clientId: this.#clientId, ...DEFAULT_LIMITS }, tracks)
    world.network.carry(() => {
      const { life } = node
      const back = (proposed: Proposed) => world.network.carry(() => settle(proposed))
      if (life === null) return back({ kind: 'refused' })
      const reply = (proposed: Proposed) => life.enter(() => back(proposed))
      life.enter(() => propose(node, { command: BATCH, data }, reply))
    })
  }

  #answered(tracks: readonly Asked[], proposed: Proposed): void {
    const { scheduler } = this.#world
    if (proposed.kind !== 'done') {
      this.#world.count('batches repeated')
      scheduler.after(this.#random.between(0, RETRY_MS), () => this.#attempt())
      return
    }
    const { codes, detail } = proposed.outcome
    if (codes?.length !== tracks.length) {
      return this.#world.fail(`${this.name}: a batch was not applied: ${detail}`)
    }
    for (const [place, track] of tracks.entries()) this.#record(track, codes[place] ?? 0)
    this.#unanswered = this.#unanswered.slice(tracks.length)
    if (this.#unanswered.length > 0) return this.#attempt()
    this.#onIdle()
    this.start()
  }

  #record({ requestId, since, ...track }: Asked, place: number): void {
    const { checks, scheduler } = this.#world
    const code = OUTCOME_CODES[place] ?? 'MALFORMED_COMMAND'
    if (code === 'STALE_REQUEST' || code === 'REQUEST_ID_REUSED') {
      return this.#world.fail(`${this.name}/${requestId} did not get its first answer, but ${code}`)
    }
    this.#world.count('streamed')
    this.history.push({
      // One client asks one thing after the other, and these are asked at once.
      client: `${this.name}.${requestId}`,
      call: since,
      return: scheduler.now,
      input: { rpc: 'AddTrack', track },
      output: { code: code === 'OK' ? 'APPLIED' : code, position: UNTOLD, total: UNTOLD },
    })
    checks.durability.acknowledge(this.#clientId, requestId, scheduler.now)
    this.#world.trace(() => `${this.name} AddTracks ${requestId} ${track.id} ${code}`)
  }
}
