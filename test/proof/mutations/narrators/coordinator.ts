import type { Coordinator } from '../../../../picture-2pc/protocol/coordinator.ts'
import type {
  CoordinatorInput,
  CoordinatorOutput,
} from '../../../../picture-2pc/protocol/coordinator-io.ts'
import { tell } from './tell.ts'

type Base = typeof Coordinator

/** A coordinator that tells what it is given and what it owes. */
export function narrated(base: Base): Base {
  return class extends base {
    readonly #id: string

    constructor(...args: ConstructorParameters<Base>) {
      super(...args)
      this.#id = args[0].id
      tell(`${this.#id} starts: epoch ${args[0].epoch} of disk ${args[0].disk}`)
    }

    override step(input: CoordinatorInput, now: number): readonly CoordinatorOutput[] {
      if (input.kind !== 'tick') tell(`${this.#id} ← ${describeInput(input)}`)
      const outputs = super.step(input, now)
      for (const output of outputs) tell(`${this.#id} ${describeOutput(output)}`)
      return outputs
    }
  }
}

function describeInput(input: Exclude<CoordinatorInput, { kind: 'tick' }>): string {
  switch (input.kind) {
    case 'begin':
      return `client  begin ${input.transactionId}: ${input.operation.kind} ${input.filename}`
    case 'vote':
      return `${input.from}  vote on ${input.transactionId}: ${input.vote.vote}`
    case 'ack':
      return `${input.from}  Ack of ${input.transactionId}`
    case 'deliveryFailed':
      return `${input.from}  no Ack of ${input.transactionId}: ${input.reason}`
    case 'query': {
      const { transactionId, coordinatorId, coordinatorDisk, order } = input.query
      const epoch = order === null ? '' : `, epoch ${order.epoch}`
      return `participant  DecisionRequest ${transactionId} (${coordinatorId}, disk ${coordinatorDisk}${epoch})`
    }
    default:
      return `disk  ${input.enough ? 'has room' : 'is full'}`
  }
}

function describeOutput(output: CoordinatorOutput): string {
  switch (output.kind) {
    case 'force':
      return `→ disk  ${output.record.type} ${output.record.transactionId}, forced: what follows waits`
    case 'write':
      return `→ disk  ${output.record.type} ${output.record.transactionId}, not forced`
    case 'send':
      return `→ ${output.to}  ${output.message.kind} ${output.message.transactionId}`
    case 'answer':
      return `→ participant  ${output.answer}`
    case 'reply':
      return `→ client  ${output.outcome.decision} ${output.outcome.details.join(' ')}`
    case 'event':
      return `tells: ${output.event.kind} ${output.event.transactionId}`
    default:
      return `→ caller  refused: ${output.reason}`
  }
}
