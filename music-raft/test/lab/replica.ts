import type { Outcome } from '../../queue/outcome.ts'
import { QueueMachine } from '../../queue/queue.ts'
import { QueueRestore } from '../../queue/restore.ts'
import type { Entry, LogIndex, NodeId } from '../../raft/messages.ts'
import type { Lab } from '../../raft/test/lab/lab.ts'
import type { Machine } from '../../raft/test/server.ts'

/** The shipped queue as a lab server has it, with what each entry that it applied came to. */
export class Replica implements Machine {
  readonly queue: QueueMachine
  readonly outcomes = new Map<LogIndex, { readonly term: number; readonly outcome: Outcome }>()
  readonly #world: Lab

  constructor(snapshot: Uint8Array | null, world: Lab) {
    this.#world = world
    this.queue = snapshot === null ? new QueueMachine() : restored(snapshot)
  }

  apply(entry: Entry): void {
    this.#world.entries.set(entry.index, entry)
    if (entry.command === 'NOOP' || entry.command === 'CONFIG') return
    this.outcomes.set(entry.index, { term: entry.term, outcome: this.queue.apply(entry) })
  }

  snapshot(): Uint8Array {
    return Buffer.concat([...this.queue.snapshot().chunks()])
  }
}

function restored(snapshot: Uint8Array): QueueMachine {
  const restore = new QueueRestore()
  restore.push(snapshot)
  return restore.finish()
}

export function replica(world: Lab, id: NodeId): Replica {
  const { machine } = world.server(id)
  if (!(machine instanceof Replica)) throw new Error(`n${id} has no queue`)
  return machine
}
