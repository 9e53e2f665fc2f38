import type { NodeName } from '../../protocol/messages.ts'
import type { Reply, Request } from './messages.ts'
import type { Process } from './process.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'

export interface NetworkModel {
  /** Probabilities of one message. */
  readonly loss: number
  readonly duplicate: number
  /** Of taking up to `slow` milliseconds, long enough to be overtaken by anything. */
  readonly straggle: number
  readonly slow: number
  readonly delay: readonly [least: number, most: number]
  /** Probability that a reply still counts after its call timed out. */
  readonly late: number
  /** Probability that a call to a dead process fails at once, as a refused connection does. */
  readonly refused: number
}

export const perfect: NetworkModel = {
  ...{ loss: 0, duplicate: 0, straggle: 0, slow: 0, late: 0, refused: 1 },
  delay: [1, 1],
}

/** Carries calls. Requests and replies are lost, delayed, doubled and overtaken, each on its own. */
export class Network {
  model: NetworkModel
  /**
   * Decides how much later, in milliseconds, each copy of the n-th message in one direction arrives;
   * null: as it is.
   */
  meddle: ((from: NodeName, to: NodeName, count: number) => readonly number[] | null) | null = null
  readonly #sent = new Map<string, number>()
  readonly #cuts = new Map<string, number>()
  readonly #holds = new Map<string, number>()
  readonly #random: Random
  readonly #world: World

  constructor(world: World, model: NetworkModel, random: Random) {
    this.#world = world
    this.model = model
    this.#random = random
  }

  /** Nothing passes in this direction for so many milliseconds. */
  cut(from: NodeName, to: NodeName, duration: number): void {
    this.#world.trace(`cut ${from} > ${to} for ${Math.round(duration)} ms`)
    this.#world.history.count('cuts')
    this.#cuts.set(`${from}>${to}`, this.#world.scheduler.now + duration)
  }

  /** From now on, everything in this direction takes so many milliseconds longer. */
  hold(from: NodeName, to: NodeName, delay: number): void {
    this.#holds.set(`${from}>${to}`, delay)
  }

  heal(): void {
    this.#cuts.clear()
    this.#holds.clear()
    this.meddle = null
    this.model = perfect
  }

  call(
    from: Process,
    to: NodeName,
    request: Request,
    timeout: number,
    done: (reply: Reply | null) => void,
  ): void {
    let over = false
    const settle = (reply: Reply | null) => {
      const counts = !over || (reply !== null && this.#random.chance(this.model.late))
      over = true
      if (counts) done(reply)
    }
    this.#world.scheduler.after(timeout, () => {
      if (!over) settle(null)
    })
    const target = this.#world.process(to)
    this.#carry(from.name, to, describe(request), () => {
      if (!target.isUp) {
        if (!over && this.#random.chance(this.model.refused)) settle(null)
        return
      }
      target.enter(() =>
        target.handle(request, (reply) => {
          this.#carry(to, from.name, `${describe(reply)}${about(request)}`, () => settle(reply))
        }),
      )
    })
  }

  #carry(from: NodeName, to: NodeName, what: string, arrive: () => void): void {
    const { loss, duplicate, straggle, slow, delay } = this.model
    const copies = this.#meddled(from, to) ?? (this.#random.chance(duplicate) ? [0, 0] : [0])
    if (copies.length > 1) this.#world.history.count('duplicates')
    for (const later of copies) {
      const straggles = this.#random.chance(straggle)
      const takes = straggles ? this.#random.between(0, slow) : this.#random.between(...delay)
      if (straggles) this.#world.history.count('overtaken')
      const lost = this.#random.chance(loss) || this.#isCut(from, to)
      if (lost) {
        this.#world.trace(`${from} > ${to} lost: ${what}`)
        this.#world.history.count('lost')
        continue
      }
      const held = this.#holds.get(`${from}>${to}`) ?? 0
      this.#world.scheduler.after(takes + held + later, () => {
        if (this.#isCut(from, to)) return
        this.#world.trace(`${from} > ${to} ${what}`)
        arrive()
      })
    }
  }

  #meddled(from: NodeName, to: NodeName): readonly number[] | null {
    if (this.meddle === null) return null
    const way = `${from}>${to}`
    const count = (this.#sent.get(way) ?? 0) + 1
    this.#sent.set(way, count)
    return this.meddle(from, to, count)
  }

  #isCut(from: NodeName, to: NodeName): boolean {
    return (this.#cuts.get(`${from}>${to}`) ?? 0) > this.#world.scheduler.now
  }
}

function describe(message: Request | Reply): string {
  switch (message.kind) {
    case 'DecisionRequest':
      return `DecisionRequest ${message.query.transactionId}`
    case 'VoteRequest':
    case 'GlobalCommit':
    case 'GlobalAbort':
    case 'Stage':
      return `${message.kind} ${message.transactionId}`
    case 'vote':
      return `vote ${message.vote.granted ? 'yes' : message.vote.reason}`
    case 'answer':
      return `answer ${message.answer}`
    case 'refused':
      return `refused ${message.reason}`
    case 'outcome':
      return `${message.outcome.transactionId} ${message.outcome.decision}`
    default:
      return message.kind
  }
}

/** What a reply does not say itself: of which transaction it is. */
function about(request: Request): string {
  if (request.kind === 'DecisionRequest') return ` on ${request.query.transactionId}`
  return 'transactionId' in request ? ` on ${request.transactionId}` : ''
}
