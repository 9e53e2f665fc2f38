import { decodeCommand } from '../../../../music-raft/queue/command.ts'
import type { Outcome } from '../../../../music-raft/queue/outcome.ts'
import type { CommittedCommand, QueueMachine } from '../../../../music-raft/queue/queue.ts'
import { tell } from './tell.ts'

type Base = typeof QueueMachine

let machines = 0

/** A queue that tells what is applied to it and what comes of it. */
export function narrated(base: Base): Base {
  return class extends base {
    readonly #number: number

    constructor(...args: ConstructorParameters<Base>) {
      super(...args)
      machines += 1
      this.#number = machines
      const had = `${this.size} tracks, ${this.sessionCount} clients remembered`
      tell(`replica ${this.#number} begins with ${had}`)
    }

    override apply(entry: CommittedCommand): Outcome {
      const outcome = super.apply(entry)
      const again = outcome.replayed ? ', the answer of before' : ''
      const { code, position, total } = outcome
      const place = `place ${position} of ${total}`
      tell(`replica ${this.#number} applies ${describe(entry)} → ${code}, ${place}${again}`)
      return outcome
    }
  }
}

function describe({ index, command, data }: CommittedCommand): string {
  try {
    const { identity, operation } = decodeCommand(data)
    const id = 'id' in operation ? ` ${operation.id}` : ''
    if (identity === null) return `${index} ${command}${id}`
    const client = identity.clientId.slice(-2)
    return `${index} ${command}${id} (client ${client}, request ${identity.requestId})`
  } catch {
    return `${index} ${command}`
  }
}
