import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '../../../common/logger.ts'
import type { QueueList__Output } from '../../../protos/types/queue/QueueList.ts'
import { eventually } from '../../../test/child.ts'
import { check } from '../../linearizability/check.ts'
import type { ObservedTrack, QueueOperation } from '../../linearizability/queue-history.ts'
import { queueModel } from '../../linearizability/queue-model.ts'
import type { Node } from '../cluster.ts'
import { Random } from '../simulation/random.ts'
import { type Accounts, balance } from './accounts.ts'
import { type Field, TortureClient } from './clients.ts'
import { Contradiction, keepEvidence } from './evidence.ts'
import { type FaultCounts, type FaultKind, Faults } from './faults.ts'
import { TortureNodes } from './nodes.ts'

const CLIENTS = 10
/** Of the checker's steps: far more than a sound history needs. */
const BUDGET = 5_000_000
/** For the drawing of a round that failed for another reason. */
const QUICK_BUDGET = 300_000
const HEAL_MS = 60_000

export interface Gap {
  readonly from: number
  readonly to: number
}

/** What happened in a round, all of it checked. */
export interface RoundFigures {
  readonly seed: number
  readonly workedMs: number
  readonly faults: FaultCounts
  /** Each node had a disk that can be filled; false where none can be mounted. */
  readonly smallDisks: boolean
  readonly operations: number
  readonly acknowledged: number
  /** Outcomes that were unknown at first; in the end all are known. */
  readonly unknown: number
  readonly refused: number
  readonly lost: number
  readonly duplicated: number
  /** The longest time in which no write of any client was acknowledged. */
  readonly longestUnavailableMs: number
  /** What was struck meanwhile or just before. */
  readonly unavailableDuring: readonly string[]
  readonly checkedInSteps: number
}

export interface RoundEvents {
  struck(kind: FaultKind): void
  ended(operation: QueueOperation): void
}

/**
 * One cluster's life: clients work while everything is struck; then all is healed, what was unknown is
 * asked again, and the nodes, the accounts and the history are checked. Rejects at a contradiction,
 * having kept the evidence. null: it was stopped before it could be checked.
 */
export async function tortureRound(
  seed: number,
  over: () => boolean,
  interrupted: AbortSignal,
  events: RoundEvents,
): Promise<RoundFigures | null> {
  await using nodes = await TortureNodes.start()
  let began = performance.now()
  const now = () => performance.now() - began
  const { log } = createLogger({ node: '0', level: 'silent', format: 'pretty' })
  const history: QueueOperation[] = []
  const { endpoints } = nodes
  const field: Field = {
    ...{ endpoints, log, interrupted, history, now, ended: events.ended },
    ...{ ids: [], leader: 0, progress: 0 },
  }
  const clients = Array.from(
    { length: CLIENTS },
    (_, name) => new TortureClient(name + 1, field, new Random(seed, `client ${name}`)),
  )
  const faults = new Faults(nodes, new Random(seed, 'faults'), now, field)
  try {
    await firstLeader(nodes)
    began = performance.now()
    const calm = new AbortController()
    const rest = new AbortController()
    const work = clients.map((client) => client.work(rest.signal))
    const striking = faults.strikeUntil(calm.signal, events.struck)
    const failed = Promise.all([striking, ...work])
    while (!over()) await Promise.race([sleep(100), failed])
    calm.abort()
    await striking
    await nodes.mend()
    const workedMs = now()
    if (!interrupted.aborted) await healed(nodes)
    rest.abort()
    await Promise.all(work)
    if (interrupted.aborted) return null
    return await finish({ seed, nodes, field, clients, faults, workedMs })
  } catch (error) {
    if (interrupted.aborted) return null
    const page = await keepEvidence({
      ...{ seed, nodes, operations: history, faults: faults.bands, why: String(error) },
      verdict: error instanceof Contradiction ? error.verdict : verdictOf(history, QUICK_BUDGET),
    })
    // a process that gave up is the reason for whatever came after
    const cause = faults.whoGaveUp() ?? error
    throw new Error(
      `${cause}
The history is drawn in ${page}`,
      { cause },
    )
  } finally {
    for (const client of clients) client.close()
  }
}

async function firstLeader({ nodes }: TortureNodes): Promise<void> {
  await eventually(
    'somebody leads',
    async () => {
      const all = await Promise.all(nodes.map((node) => node.statusOrNull()))
      return all.every((status) => status !== null && status.leaderId !== 0)
    },
    HEAL_MS,
  )
}

async function healed({ nodes }: TortureNodes): Promise<void> {
  await eventually(
    'after healing all nodes follow one leader',
    async () => {
      const all = await Promise.all(nodes.map((node) => node.statusOrNull()))
      const leaders = new Set(all.map((status) => status?.leaderId ?? 0))
      return leaders.size === 1 && !leaders.has(0)
    },
    HEAL_MS,
  )
}

interface Finished {
  readonly seed: number
  readonly nodes: TortureNodes
  readonly field: Field
  readonly clients: readonly TortureClient[]
  readonly faults: Faults
  readonly workedMs: number
}

async function finish(round: Finished): Promise<RoundFigures> {
  const { seed, nodes, field, clients, faults, workedMs } = round
  const unknown = field.history.filter(isUnknown).length
  await Promise.all(clients.map((client) => client.settle()))
  const [first] = clients
  await first?.ask({ rpc: 'GetQueue' })
  await first?.ask({ rpc: 'GetHistory' })
  const gaveUp = faults.whoGaveUp()
  if (gaveUp !== null) throw gaveUp
  const operations = field.history
  const verdict = verdictOf(operations, BUDGET)
  const problems = await compareNodes(nodes.nodes)
  const accounts = problems.accounts(operations)
  const wrong = [
    ...problems.differences,
    ...accounts.lost.map((what) => `lost: ${what}`),
    ...accounts.duplicated.map((what) => `duplicated: ${what}`),
    ...(verdict.kind === 'ok' ? [] : [VERDICTS[verdict.kind]]),
  ]
  if (wrong.length > 0) throw new Contradiction(wrong.slice(0, 10).join('; '), verdict)
  const gap = longestGap(operations, workedMs)
  return {
    ...{ seed, workedMs, unknown, faults: faults.counts, smallDisks: nodes.disks.size > 0 },
    operations: operations.length,
    acknowledged: operations.filter(({ output }) => output !== null).length - unknown,
    refused: operations.filter(({ refused }) => refused === true).length,
    lost: accounts.lost.length,
    duplicated: accounts.duplicated.length,
    longestUnavailableMs: Math.round(gap.to - gap.from),
    unavailableDuring: faults.bands
      .filter(({ from, to }) => from <= gap.to && to >= gap.from - 100)
      .map(({ label }) => label),
    checkedInSteps: verdict.steps,
  }
}

function verdictOf(operations: readonly QueueOperation[], budget: number) {
  return check(queueModel(), operations, { budget })
}

const VERDICTS = {
  violation: 'the history is not linearizable',
  undecided: 'whether the history is linearizable could not be decided',
} as const

function isUnknown({ return: end, refused }: QueueOperation): boolean {
  return end === null && refused !== true
}

/** Whole state of every node, as each has it; all must have the same. */
async function compareNodes(nodes: readonly Node[]) {
  await eventually(
    'all nodes applied the same entries',
    async () => {
      const all = await Promise.all(nodes.map((node) => node.statusOrNull()))
      return new Set(all.map((status) => status?.lastApplied ?? -1)).size === 1
    },
    HEAL_MS,
  )
  const states = await Promise.all(
    nodes.map(async (node) => ({
      hash: (await node.status()).stateHash,
      queue: await wholeList(node, 'GetQueue'),
      history: await wholeList(node, 'GetHistory'),
    })),
  )
  const [reference] = states
  if (reference === undefined) throw new Error('there are no nodes')
  const differences = (['hash', 'queue', 'history'] as const).flatMap((part) =>
    states.flatMap((state, place) =>
      JSON.stringify(state[part]) === JSON.stringify(reference[part])
        ? []
        : `node ${nodes[place]?.id} has another ${part} than node ${nodes[0]?.id}`,
    ),
  )
  return {
    differences,
    accounts: (operations: readonly QueueOperation[]): Accounts =>
      balance(operations, reference.queue, reference.history),
  }
}

async function wholeList(node: Node, method: 'GetQueue' | 'GetHistory'): Promise<ObservedTrack[]> {
  const tracks: ObservedTrack[] = []
  for (;;) {
    const { reply } = await node.call<QueueList__Output>(
      'queue',
      method,
      { offset: tracks.length },
      { sent: { 'x-consistency': 'stale' } },
    )
    tracks.push(...reply.queue)
    if (!reply.more) return tracks
  }
}

/** When no write was acknowledged for the longest time. */
function longestGap(operations: readonly QueueOperation[], until: number): Gap {
  const times = operations.flatMap(({ input, return: end, output }) =>
    input.rpc.startsWith('Get') || output === null || end === null || end > until ? [] : end,
  )
  times.sort((a, b) => a - b)
  const gaps = [...times, until].map((to, place) => ({ from: times[place - 1] ?? 0, to }))
  return gaps.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a))
}
