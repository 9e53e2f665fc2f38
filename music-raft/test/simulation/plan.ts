import type { WriteMode } from '../../../common/record-log/forced-writer.ts'
import type { NodeId } from '../../raft/messages.ts'
import type { Options } from '../../raft/options.ts'
import { Random } from './random.ts'

/** What can go wrong at any time, besides the weather of the network. */
export const TROUBLES = [
  ...(['crash', 'powerCut', 'stop', 'pause', 'oneWay', 'isolate', 'partition', 'bridge'] as const),
  ...(['stall', 'full', 'failedWrite', 'rot', 'wipe', 'storm'] as const),
]
export type Trouble = (typeof TROUBLES)[number]

export interface NetworkModel {
  /** Probabilities, for one message. */
  readonly loss: number
  readonly duplicate: number
  /** Of being overtaken by anything sent within `slow` milliseconds. */
  readonly straggle: number
  readonly slow: number
  readonly delay: readonly [least: number, most: number]
  /** Probability that a sender hears of it when its message did not arrive. */
  readonly told: number
}

export interface DiskModel {
  readonly writeMode: WriteMode
  /** Of one write or fsync, in milliseconds. */
  readonly latency: readonly [least: number, most: number]
  readonly segmentBytes: number
  /** Probability that the process dies at one step that changes the disk. */
  readonly crashAtStep: number
}

export interface ClusterModel {
  readonly voters: number
  readonly tickMs: number
  readonly heartbeatTicks: number
  readonly electionTicks: readonly [least: number, most: number]
  readonly requestTimeoutMs: number
  readonly snapshotEntries: number
  readonly snapshotIntervalMs: number
  readonly trailingEntries: number
  readonly options: Partial<Options>
  /** How far clocks may go wrong, as a share. */
  readonly drift: number
  /** A turn of the event loop, in milliseconds. */
  readonly turn: number
}

export interface ClientModel {
  readonly count: number
  /** Between the requests of one client, in milliseconds, on average. */
  readonly pause: number
  readonly tracks: number
  /** Share of requests that only read. */
  readonly reads: number
  /** Share of clients that send no identity. */
  readonly plain: number
  /** Besides these, clients that add several tracks at a time. */
  readonly streamers: number
}

/** Everything about a run that its seed decides. */
export interface Plan {
  readonly seed: number
  readonly cluster: ClusterModel
  readonly clients: ClientModel
  readonly network: NetworkModel
  readonly disk: DiskModel
  readonly troubles: readonly Trouble[]
  /** Between two troubles, in milliseconds, on average. */
  readonly troubleEvery: number
  /** How long a trouble lasts at most. */
  readonly outage: number
  /** Between two changes of membership, or transfers, on average; null: none. */
  readonly changeEvery: number | null
  readonly transferEvery: number | null
  /** Probability that a leader is struck, or asked to change the membership, when it has just won. */
  readonly strikeLeader: number
  readonly askLeader: number
  /** Virtual milliseconds of the first phase. */
  readonly safety: number
}

/** The most processes there ever are. */
export const MOST_NODES = 7

export const calmNetwork: NetworkModel = {
  ...{ loss: 0, duplicate: 0, straggle: 0, slow: 0, told: 1 },
  delay: [0.2, 2],
}

export function addressOf(id: NodeId): string {
  return `n${id}:50050`
}

/**
 * One run in eight has no troubles at all. One in four is made for leaders that do not last: entries go
 * one at a time and leaders change before they are everywhere, as in Figure 8.
 */
export function planOf(seed: number): Plan {
  const random = new Random(seed, 'plan')
  const kind = random.pick(['calm', 'churn', 'churn', 'any', 'any', 'any', 'any', 'any'])
  const plan = anyPlan(seed, random, kind === 'calm')
  return kind === 'churn' ? churning(plan, random) : plan
}

function anyPlan(seed: number, random: Random, faultless: boolean): Plan {
  const voters = random.pick([1, 2, 3, 3, 3, 3, 4, 5, 5, 5, 5, 7])
  const share = random.pick([0.3, 0.6, 1])
  return {
    seed,
    cluster: clusterOf(random, voters),
    clients: {
      count: 1 + random.below(6),
      pause: random.pick([150, 500, 1_500, 1_500, 4_000]),
      tracks: random.pick([3, 8, 20]),
      reads: random.pick([0.2, 0.4, 0.6]),
      plain: random.pick([0, 0, 0.3]),
      streamers: new Random(seed, 'streamers').pick([0, 0, 1, 2]),
    },
    network: faultless ? calmNetwork : networkOf(random),
    disk: diskOf(random, faultless),
    troubles: faultless ? [] : TROUBLES.filter(() => random.chance(share)),
    troubleEvery: random.pick([1_500, 4_000, 10_000]),
    outage: random.pick([2_000, 8_000, 20_000]),
    changeEvery: random.pick([null, 4_000, 12_000]),
    transferEvery: random.pick([null, null, 5_000, 20_000]),
    ...{ strikeLeader: 0, askLeader: 0 },
    safety: random.pick([45_000, 90_000, 180_000]),
  }
}

function churning(plan: Plan, random: Random): Plan {
  const { cluster, clients, network } = plan
  // Nothing but leaders that are struck: each has something that the next one has not.
  const eight = random.chance(0.5)
  const options = {
    maxMessageEntries: random.pick([1, 1, 2]),
    maxInflightMessages: eight ? 1 : random.pick([1, 2, 16]),
    ...{ snapshotChunkBytes: 600, promotionLagEntries: 50 },
  }
  const timing = { tickMs: 50, heartbeatTicks: 6, electionTicks: [9, 18] as const }
  return {
    ...plan,
    cluster: {
      ...{ ...cluster, ...timing, options, trailingEntries: 0 },
      voters: eight ? 3 : random.pick([3, 4, 4, 5]),
      snapshotEntries: random.pick([10, 30, 400]),
    },
    clients: { ...clients, count: 3 + random.below(4), pause: random.pick([60, 150]), tracks: 8 },
    network: { ...network, delay: [1, random.pick([20, 60, 150])] },
    troubles: TROUBLES.filter((each) => !eight && CHURN.includes(each) && random.chance(0.6)),
    troubleEvery: random.pick([1_000, 4_000, 20_000]),
    outage: eight ? random.pick([2_000, 3_000]) : random.pick([1_000, 2_000, 4_000]),
    changeEvery: eight ? null : random.pick([null, 1_000, 3_000]),
    transferEvery: eight ? null : random.pick([null, 1_500]),
    strikeLeader: eight ? 0.9 : random.pick([0.3, 0.6, 0.8]),
    askLeader: eight ? 0 : random.pick([0, 0.5, 0.9]),
    safety: 40_000,
  }
}

const CHURN: readonly Trouble[] = [
  ...(['crash', 'powerCut', 'pause', 'oneWay', 'isolate', 'partition', 'bridge', 'stall'] as const),
]

function clusterOf(random: Random, voters: number): ClusterModel {
  const tickMs = random.pick([50, 100, 125, 200])
  const heartbeatTicks = Math.round(random.pick([500, 1_000, 1_000]) / tickMs)
  const least = Math.round(heartbeatTicks * random.pick([1.5, 1.5, 3])) + 1
  return {
    ...{ voters, tickMs, heartbeatTicks },
    electionTicks: [least, least + Math.round(least * random.between(0.3, 1)) + 1],
    requestTimeoutMs: random.pick([1_000, 5_000]),
    snapshotEntries: random.pick([10, 30, 100, 400]),
    snapshotIntervalMs: random.pick([10_000, 3_600_000]),
    trailingEntries: random.pick([0, 2, 20, 100]),
    options: {
      maxMessageEntries: random.pick([1, 3, 20, 4096]),
      maxInflightMessages: random.pick([1, 2, 16]),
      maxApplyEntries: random.pick([1, 5, 1024]),
      snapshotChunkBytes: random.pick([100, 600, 4_000, 262_144]),
      promotionLagEntries: random.pick([0, 5, 50]),
      maxUncommittedEntries: random.pick([20, 65_536]),
    },
    drift: random.pick([0, 0.02, 0.2]),
    turn: random.pick([0, 0.05, 2]),
  }
}

function networkOf(random: Random): NetworkModel {
  const on = (value: number) => (random.chance(0.6) ? value : 0)
  return {
    loss: on(random.pick([0.01, 0.05, 0.2])),
    duplicate: on(random.between(0, 0.2)),
    straggle: on(random.between(0, 0.1)),
    slow: random.between(100, 6_000),
    delay: [0.2, random.pick([1, 5, 30, 200])],
    told: random.pick([0, 0.5, 1]),
  }
}

function diskOf(random: Random, faultless: boolean): DiskModel {
  return {
    writeMode: random.pick(['blocking', 'threaded', 'threaded']),
    latency: random.pick([
      [0.1, 0.5],
      [1, 8],
      [1, faultless ? 8 : 150],
    ]),
    segmentBytes: random.pick([2_048, 8_192, 32_768]),
    crashAtStep: faultless ? 0 : random.pick([0, 0.0005, 0.002]),
  }
}
