import type { Participant } from '../../../../picture-2pc/protocol/participant.ts'
import type {
  ParticipantInput,
  ParticipantOutput,
} from '../../../../picture-2pc/protocol/participant-io.ts'
import type { ParticipantRecord } from '../../../../picture-2pc/protocol/participant-records.ts'
import { tell } from './tell.ts'

type Base = typeof Participant

/** A participant that tells what it is given, what it owes, and which locks it holds. */
export function narrated(base: Base): Base {
  return class extends base {
    readonly #id: string

    constructor(...args: ConstructorParameters<Base>) {
      super(...args)
      this.#id = args[0].id
      const { prepared } = this.state
      const doubt = prepared.size === 0 ? '' : `, in doubt about ${[...prepared.keys()].join(' ')}`
      tell(`${this.#id} starts with what is on its disk${doubt}`)
    }

    override step(input: ParticipantInput, now: number): readonly ParticipantOutput[] {
      if (input.kind !== 'tick') tell(`${this.#id} ← ${describeInput(input)}`)
      const outputs = super.step(input, now)
      for (const output of outputs) tell(`${this.#id} ${describeOutput(output)}`)
      if (outputs.length > 0) tell(`${this.#id} locks: ${this.#locks()}`)
      return outputs
    }

    #locks(): string {
      const held = [...this.state.locks].map(([picture, owner]) => `${picture} by ${owner}`)
      return held.length === 0 ? 'none' : held.join(', ')
    }
  }
}

function describeInput(input: Exclude<ParticipantInput, { kind: 'tick' }>): string {
  switch (input.kind) {
    case 'voteRequest': {
      const { transactionId, operation, filename, coordinatorId, order } = input.message
      const epoch = order === null ? '' : ` (epoch ${order.epoch}, number ${order.number})`
      return `${coordinatorId}  VoteRequest ${transactionId}: ${operation.kind} ${filename}${epoch}`
    }
    case 'decision':
      return `${input.message.coordinatorId}  ${input.message.kind} ${input.message.transactionId}`
    case 'query':
      return `a peer  DecisionRequest ${input.query.transactionId}`
    case 'answered':
      return `${input.from}  answer on ${input.transactionId}: ${input.answer ?? 'none'}`
    case 'space':
      return `disk  space: ${input.space}`
    default:
      return `client  ${input.kind} ${input.filename}`
  }
}

function describeOutput(output: ParticipantOutput): string {
  switch (output.kind) {
    case 'force':
      return `→ disk  ${describeRecord(output.record)}, forced: what follows waits for it`
    case 'write':
      return `→ disk  ${describeRecord(output.record)}, not forced`
    case 'vote':
      return `→ coordinator  ${output.vote.granted ? 'VoteCommit' : `VoteAbort: ${output.vote.reason}`}`
    case 'ack':
      return '→ coordinator  Ack'
    case 'answer':
      return `→ peer  ${output.answer}`
    case 'refuse':
      return `→ caller  refused: ${output.reason}`
    case 'ask':
      return `→ ${output.to}  DecisionRequest ${output.query.transactionId}`
    case 'event':
      return `tells: ${output.event.kind} ${output.event.transactionId}`
    default:
      return `does: ${output.kind}`
  }
}

function describeRecord(record: ParticipantRecord): string {
  switch (record.type) {
    case 'prepare':
      return `prepare ${record.transaction.transactionId}`
    case 'commit':
      return `commit ${record.transactionId}`
    case 'abort':
      return `abort ${record.tombstone.transactionId}`
    default:
      return `${record.type} ${record.filename}`
  }
}
