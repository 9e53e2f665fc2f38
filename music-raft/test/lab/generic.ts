import assert from 'node:assert/strict'
import type { Operation } from '../../queue/command.ts'
import { ADD, PLAY, REMOVE, VOTE } from '../../queue/test/support.ts'
import type { NodeId } from '../../raft/messages.ts'
import { ids } from '../../raft/test/build.ts'
import { ELECTION_MS, type Lab, type Routine } from '../../raft/test/lab/lab.ts'
import type { Clerk } from './clerk.ts'
import { type QueueWorld, queueLab } from './world.ts'

export interface Generic {
  readonly clients: number
  readonly servers?: number
  readonly unreliable?: boolean
  readonly crash?: boolean
  readonly partitions?: boolean
  /** Snapshots are taken every so many entries. */
  readonly snapshotEntries?: number
  /** Few ids that all clients fight for; else each client works on its own. */
  readonly sharedIds?: boolean
  readonly seeds?: number
}

const ROUNDS = 3
const ROUND_MS = 3000
const SHARED_IDS = 8
/** On average, between two calls. */
const THINK_MS = 30
/** The lab's bound: eight times what it asks the log to be kept to. */
export const MAX_LOG_BYTES = 8 * 1000

/** The lab's GenericTest: clients work while the world goes wrong, round after round. */
export function generic(given: Generic): void {
  // Without it a leader cut off stays in office, and only the answers it can get keep it honest.
  for (const checkQuorum of [true, false]) oneWorld(given, checkQuorum)
}

function oneWorld(given: Generic, checkQuorum: boolean): void {
  const { clients, servers = 5, snapshotEntries, seeds = 1 } = given
  const setup = {
    servers,
    seeds,
    unreliable: given.unreliable ?? false,
    ...(snapshotEntries === undefined ? {} : { snapshotEntries }),
    options: { checkQuorum, trailingEntries: 5, snapshotChunkBytes: 4096 },
  }
  queueLab(setup, (world) => {
    const { lab } = world
    const clerks = ids(clients).map(() => world.clerk())
    let before = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      oneRound(world, given, clerks)
      assert(world.history.calls.length > before, `nobody was answered in round ${round}`)
      before = world.history.calls.length
      if (snapshotEntries !== undefined) checkLogs(lab)
    }
    lab.one(servers, { retry: true, text: 'end' })
    world.checkEqual()
    const { calls } = world.history
    assert(calls.length >= ROUNDS * clients, `only ${calls.length} calls were answered`)
    if (given.unreliable === true) {
      assert(clerks.reduce((sum, { lost }) => sum + lost, 0) > 0, 'something got lost')
    }
  })
}

function oneRound({ lab }: QueueWorld, given: Generic, clerks: readonly Clerk[]): void {
  let over = false
  for (const [n, clerk] of clerks.entries()) {
    lab.spawn(client(lab, clerk, given.sharedIds === true ? null : n, () => over))
  }
  if (given.partitions === true) lab.spawn(partitioner(lab, clerks, () => over))
  lab.sleep(ROUND_MS)
  over = true
  if (given.partitions === true) {
    lab.network.heal()
    for (const clerk of clerks) clerk.reachable = null
    lab.sleep(ELECTION_MS)
  }
  if (given.crash === true) {
    for (const { id } of lab.servers) lab.crash(id)
    lab.sleep(ELECTION_MS)
    for (const { id } of lab.servers) lab.restart(id)
  }
  lab.join()
}

function* client(lab: Lab, clerk: Clerk, own: number | null, over: () => boolean): Routine {
  for (let turn = 0; !over(); turn += 1) {
    const id = own === null ? `s${lab.below(SHARED_IDS)}` : `x${own}-${turn % 4}`
    if (lab.random() < 0.3) yield* clerk.read()
    else yield* clerk.write(operation(lab, id))
    yield lab.below(2 * THINK_MS)
  }
}

function operation(lab: Lab, id: string): Operation {
  const dice = lab.random()
  if (dice < 0.4) return ADD(id)
  if (dice < 0.7) return VOTE(id, lab.random() < 0.6)
  return dice < 0.85 ? REMOVE(id) : PLAY(20)
}

/** Splits servers and clients in two at random, again and again. */
function* partitioner(lab: Lab, clerks: readonly Clerk[], over: () => boolean): Routine {
  while (!over()) {
    const side = new Map(lab.servers.map(({ id }) => [id, lab.below(2)]))
    const group = (of: number) => [...side.keys()].filter((id: NodeId) => side.get(id) === of)
    lab.network.partition(group(0), group(1))
    for (const clerk of clerks) {
      const own = lab.below(2)
      clerk.reachable = (id) => side.get(id) === own
    }
    yield ELECTION_MS + lab.below(200)
  }
}

function checkLogs(lab: Lab): void {
  lab.sleep(ELECTION_MS)
  const sizes = lab.alive.map(({ status }) => status.logBytes)
  // A majority: who was away may still hold what it could not compact.
  const most = sizes.toSorted((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0
  assert(most <= MAX_LOG_BYTES, `logs of ${sizes.join(', ')} bytes`)
}
