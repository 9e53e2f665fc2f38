import type { Operation } from '../../linearizability/history.ts'
import type { QueueInput, QueueOutput } from '../../linearizability/queue-history.ts'
import { Random } from './random.ts'
import { type Answer, type Call, serve } from './serve.ts'
import type { World } from './world.ts'

/** One attempt is given up after this, in milliseconds. */
const PATIENCE = [500, 2_000, 6_000] as const
/** A request without an answer is given up after so many attempts, while troubles last. */
const MOST_ATTEMPTS = 8
const RETRY_MS = 250
const WRITES = ['AddTrack', 'AddTrack', 'VoteTrack', 'RemoveTrack', 'PlayNext'] as const

/** What a client has under way, as the history will show it. */
interface Asking {
  readonly call: Call
  readonly since: number
  attempts: number
  /** Some attempt may yet take effect. */
  isDoubtful: boolean
}

/** Somebody who asks one thing after another, on any node, and repeats what was not answered. */
export class Client {
  readonly name: string
  readonly history: Operation<QueueInput, QueueOutput>[] = []
  readonly #world: World
  readonly #random: Random
  readonly #clientId: string | null
  #requestId = 0
  #asking: Asking | null = null
  #mood: 'busy' | 'reading' | 'done' = 'busy'
  #onIdle: () => void = () => undefined

  constructor(world: World, number: number) {
    this.name = `c${number}`
    this.#world = world
    this.#random = new Random(world.plan.seed, `client ${number}`)
    const hex = number.toString(16).padStart(12, '0')
    const plain = this.#random.chance(world.plan.clients.plain)
    this.#clientId = plain ? null : `00000000-0000-4000-8000-${hex}`
  }

  /** Nothing that changes anything is under way. */
  get isSettled(): boolean {
    return this.#asking === null || isRead(this.#asking.call.input)
  }

  get isIdle(): boolean {
    return this.#asking === null
  }

  start(): void {
    this.#later(() => this.#ask(this.#mood === 'busy' ? this.#input() : { rpc: 'GetQueue' }))
  }

  /** Only reads from now on. What is under way is repeated until it is answered. */
  settle(): void {
    this.#mood = 'reading'
  }

  /** Asks nothing new. */
  finish(): void {
    this.#mood = 'done'
  }

  /** One more request, once all is well; `done` when it is answered. */
  probe(done: () => void): void {
    this.#onIdle = done
    const track = { id: `probe-${this.name}`, title: '', artist: '', duration: 1 }
    this.#ask({ rpc: 'AddTrack', track })
  }

  #later(run: () => void): void {
    const { scheduler, plan } = this.#world
    scheduler.after(this.#random.waiting(plan.clients.pause), () => {
      if (this.#mood !== 'done') run()
    })
  }

  #ask(input: QueueInput): void {
    const { scheduler } = this.#world
    let identity: Call['identity'] = null
    if (this.#clientId !== null && !isRead(input)) {
      this.#requestId += 1
      identity = { clientId: this.#clientId, requestId: this.#requestId }
    }
    const since = scheduler.now
    this.#asking = { call: { input, identity }, since, attempts: 0, isDoubtful: false }
    this.#attempt(this.#asking)
  }

  #attempt(asking: Asking): void {
    const { world, random } = { world: this.#world, random: this.#random }
    asking.attempts += 1
    let over = false
    const settle = (answer: Answer) => {
      if (over) return
      over = true
      if (this.#asking === asking) this.#answered(asking, answer)
    }
    world.scheduler.after(random.pick(PATIENCE), () => settle({ kind: 'unknown' }))
    const node = random.any(world.reachable)
    if (node === undefined) return
    world.network.carry(() => {
      const back = (answer: Answer) => world.network.carry(() => settle(answer))
      if (node.life === null) back({ kind: 'refused' })
      else node.life.enter(() => serve(node, asking.call, back))
    })
  }

  #answered(asking: Asking, answer: Answer): void {
    const { call } = asking
    if (answer.kind === 'done') {
      this.#record(asking, answer.output)
      return
    }
    const reads = isRead(call.input)
    if (answer.kind === 'unknown' && !reads) asking.isDoubtful = true
    const mayRepeat = reads || call.identity !== null || !asking.isDoubtful
    const patient = this.#world.isHealed || asking.attempts < MOST_ATTEMPTS
    if (mayRepeat && patient) {
      this.#world.count('attempts repeated')
      this.#world.scheduler.after(this.#random.between(0, RETRY_MS), () => this.#attempt(asking))
    } else this.#record(asking, null)
  }

  #record({ call, since, isDoubtful }: Asking, output: QueueOutput | null): void {
    const { checks, scheduler } = this.#world
    const { input, identity } = call
    const { now } = scheduler
    const at = { client: this.name, call: since, input, output }
    const reads = isRead(input)
    if (output !== null) {
      this.#world.count('acknowledged')
      this.history.push({ ...at, return: now })
      if (identity !== null)
        checks.durability.acknowledge(identity.clientId, identity.requestId, now)
    } else if (isDoubtful) {
      this.#world.count('unknown')
      this.history.push({ ...at, return: null })
    } else {
      this.#world.count('refused')
      if (!reads) this.history.push({ ...at, return: now, refused: true })
      if (identity !== null) checks.exactlyOnce.refused(identity.clientId, identity.requestId)
    }
    this.#world.trace(() => `${this.name} ${input.rpc} ${JSON.stringify(output)}`)
    this.#asking = null
    this.#onIdle()
    this.start()
  }

  #input(): QueueInput {
    const random = this.#random
    const { reads, tracks } = this.#world.plan.clients
    const id = `t${random.below(tracks)}`
    if (random.chance(reads)) {
      const rpc = random.pick(['GetQueue', 'GetQueue', 'GetHistory', 'GetMetadata'] as const)
      return rpc === 'GetMetadata' ? { rpc, id } : { rpc }
    }
    const rpc = random.pick(WRITES)
    switch (rpc) {
      case 'AddTrack':
        return { rpc, track: { id, title: `title of ${id}`, artist: this.name, duration: 100 } }
      case 'VoteTrack':
        return { rpc, id, up: random.chance(0.6) }
      case 'RemoveTrack':
        return { rpc, id }
      default:
        return { rpc }
    }
  }
}

function isRead({ rpc }: QueueInput): boolean {
  return rpc.startsWith('Get')
}
