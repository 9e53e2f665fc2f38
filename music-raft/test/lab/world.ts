import assert from 'node:assert/strict'
import { type Lab, type LabSetup, lab, type Routine } from '../../raft/test/lab/lab.ts'
import { Clerk } from './clerk.ts'
import { History } from './history.ts'
import { Replica, replica } from './replica.ts'

/** A lab whose servers keep the music queue, its clients, and what they were told. */
export interface QueueWorld {
  readonly lab: Lab
  readonly history: History
  /** A client of its own. */
  clerk(): Clerk
  /** Runs what one client does to its end, and returns what it returns. */
  run<T>(steps: Generator<number, T, void>): T
  /** All replicas hold the same, at the same index. */
  checkEqual(): void
}

export function queueLab(setup: LabSetup, body: (world: QueueWorld) => void): void {
  const machine = (snapshot: Uint8Array | null, of: Lab) => new Replica(snapshot, of)
  lab({ seeds: 3, machine, ...setup }, (world) => {
    const history = new History()
    let clerks = 0
    const queueWorld: QueueWorld = {
      lab: world,
      history,
      clerk: () => {
        clerks += 1
        return new Clerk(world, history, clerks)
      },
      run: (steps) => run(world, steps),
      checkEqual: () => checkEqual(world),
    }
    body(queueWorld)
    assert(history.calls.length > 0, 'nothing was asked')
    history.check(world)
  })
}

function run<T>(world: Lab, steps: Generator<number, T, void>): T {
  let result: { value: T } | null = null
  function* routine(): Routine {
    result = { value: yield* steps }
  }
  world.spawn(routine())
  world.until('the client is answered', () => result !== null, 60_000)
  assert(result !== null)
  return (result as { value: T }).value
}

function checkEqual(world: Lab): void {
  world.until('all have applied the same', () => {
    return new Set(world.servers.map(({ applied }) => applied.length)).size === 1
  })
  const hashes = world.servers.map(({ id }) => replica(world, id).queue.stateHash())
  assert.equal(new Set(hashes).size, 1, 'R17: all replicas are the same')
}
