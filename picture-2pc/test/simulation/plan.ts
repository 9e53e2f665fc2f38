import type { DeliveryTiming } from '../../protocol/delivery.ts'
import type { InquiryTiming } from '../../protocol/inquiry.ts'
import type { NodeName } from '../../protocol/messages.ts'
import type { Style } from './driver.ts'
import { type NetworkModel, perfect } from './network.ts'
import { Random } from './random.ts'

const TROUBLES = ['crash', 'cut', 'pause', 'checkpoint', 'space'] as const
const DISK_TROUBLES = ['stall', 'failedSave', 'rot'] as const
export type Trouble = (typeof TROUBLES)[number] | (typeof DISK_TROUBLES)[number]

/** Probabilities and spans of what goes wrong besides the network. */
export interface FaultModel {
  /** Of dying at a point between two duties or inputs. */
  readonly crashAtPoint: number
  /** Of stopping there for a while. */
  readonly pauseAtPoint: number
  /** Kinds of trouble that come at random times, about `every` milliseconds. */
  readonly troubles: readonly Trouble[]
  readonly every: number
  /** How long a process stays dead or stopped, or a cut lasts, at most. */
  readonly outage: number
}

/** Everything about a run that its seed decides. Times in milliseconds. */
export interface Plan {
  readonly seed: number
  readonly participants: number
  readonly clients: number
  readonly transactionsPerClient: number
  /** Pictures that only transactions touch. */
  readonly pictures: number
  readonly tick: number
  readonly voteTimeout: number
  readonly inquiryTimeout: number
  readonly delivery: DeliveryTiming
  readonly inquiry: InquiryTiming
  readonly maxPrepared: number
  readonly saveTime: readonly [least: number, most: number]
  readonly network: NetworkModel
  readonly faults: FaultModel
  readonly driver: Style
  /** How much of what is not synced a crash leaves on the disk. */
  readonly keeps: 'none' | 'some' | 'all'
  /** Processes do not agree on what `now` is. */
  readonly clockOffset: (name: NodeName) => number
  /** Nor on how fast it passes: 1 is right. */
  readonly clockRate: (name: NodeName) => number
}

const none: FaultModel = { crashAtPoint: 0, pauseAtPoint: 0, troubles: [], every: 1_000, outage: 0 }

/** Nothing goes wrong by itself; the exhaustive runs put in what does. */
export const calm: Plan = {
  ...{ seed: 1, participants: 3, clients: 0, transactionsPerClient: 0, pictures: 1, tick: 50 },
  ...{ voteTimeout: 500, inquiryTimeout: 200, maxPrepared: 100, saveTime: [3, 3] },
  delivery: { ackTimeout: 500, first: 50, most: 400 },
  inquiry: { first: 700, most: 1_000 },
  network: perfect,
  faults: none,
  driver: { groups: true, gathers: false },
  keeps: 'none',
  clockOffset: () => 0,
  clockRate: () => 1,
}

/** One run in eight has no faults at all: there AC4 is checked. */
export function planOf(seed: number): Plan {
  const random = new Random(seed, 'plan')
  const more = new Random(seed, 'more of the plan')
  const faultless = random.chance(1 / 8)
  const on = (value: number) => (!faultless && random.chance(0.6) ? value : 0)
  const offset = random.chance(0.5) ? 1_000_000 : 0
  const first = random.pick([random.between(10, 100), random.between(200, 1_500)])
  return {
    seed,
    participants: random.pick([2, 3, 3, 4]),
    clients: 1 + random.below(8),
    transactionsPerClient: 4 + random.below(12),
    pictures: random.pick([1, 2, 4, 8]),
    tick: random.pick([20, 50, 100]),
    voteTimeout: faultless ? 5_000 : random.between(100, 4_000),
    inquiryTimeout: random.between(100, 1_000),
    delivery: {
      ackTimeout: faultless ? 5_000 : random.between(100, 2_000),
      ...{ first: random.between(20, 200), most: random.between(200, 2_000) },
    },
    inquiry: { first, most: first + random.between(0, 2_000) },
    maxPrepared: random.pick([100, 100, 2]),
    saveTime: random.pick([[0.1, 0.5], [1, 20], [1, 20], faultless ? [1, 5] : [5, 400]] as const),
    network: {
      ...{
        loss: on(random.pick([random.between(0, 0.1), random.between(0.1, 0.4)])),
        duplicate: on(random.between(0, 0.3)),
      },
      ...{ straggle: on(random.between(0, 0.1)), slow: random.between(100, 8_000) },
      ...{ late: on(0.5), refused: random.pick([0, 0.5, 1]) },
      delay: [0.1, random.pick(faultless ? [1, 10, 100] : [1, 10, 100, 500])],
    },
    faults: {
      crashAtPoint: on(random.pick([0.001, 0.005, 0.01, 0.02])),
      pauseAtPoint: on(0.001),
      troubles: [
        ...TROUBLES.filter(() => on(1) === 1),
        ...DISK_TROUBLES.filter(() => !faultless && more.chance(0.4)),
      ],
      ...{ every: random.between(100, 2_000), outage: random.between(100, 6_000) },
    },
    driver: { groups: random.chance(0.5), gathers: random.chance(0.5) },
    keeps: 'some',
    clockOffset: (name) => name.charCodeAt(name.length - 1) * offset,
    clockRate: clocks(seed, more.chance(0.5) ? more.between(0, 0.2) : 0),
  }
}

/** Each process has a clock of its own speed, wrong by at most `drift`. */
function clocks(seed: number, drift: number): (name: NodeName) => number {
  const rates = new Map<NodeName, number>()
  return (name) => {
    const rate = rates.get(name) ?? 1 + new Random(seed, `clock ${name}`).between(-drift, drift)
    rates.set(name, rate)
    return rate
  }
}

/** Whether everything works: all messages arrive in time and nobody dies or stops. */
export function isFaultless({ network, faults }: Plan): boolean {
  const { loss, duplicate, straggle } = network
  const { crashAtPoint, pauseAtPoint, troubles } = faults
  return loss + duplicate + straggle + crashAtPoint + pauseAtPoint + troubles.length === 0
}
