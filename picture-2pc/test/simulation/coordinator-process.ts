import { Coordinator } from '../../protocol/coordinator.ts'
import type {
  CoordinatorInput,
  CoordinatorOutput,
  CoordinatorRecord,
} from '../../protocol/coordinator-io.ts'
import type {
  CallId,
  DecisionMessage,
  NodeName,
  TransactionId,
  VoteRequest,
} from '../../protocol/messages.ts'
import { Disk } from './disk.ts'
import { Driver } from './driver.ts'
import type { Reply, Request } from './messages.ts'
import { Process } from './process.ts'
import type { Random } from './random.ts'

export const coordinatorName = 'c'

/** The coordinator's process: its core, its disk, and the driver between them. */
export class CoordinatorProcess extends Process {
  readonly #disk = new Disk<CoordinatorRecord, readonly CoordinatorRecord[]>([], (record) =>
    this.#onDurable(record),
  )
  readonly #pastEpochs: number[] = []
  #core: Coordinator | null = null
  #driver: Driver<CoordinatorInput, CoordinatorOutput, CoordinatorRecord, unknown> | null = null
  #calls = new Map<CallId, (reply: Reply) => void>()
  #questions = new Map<CallId, Extract<Request, { kind: 'DecisionRequest' }>>()
  #lastCall = 0

  get core(): Coordinator {
    if (this.#core === null) throw new Error(`${this.name} is down`)
    return this.#core
  }

  get idle(): boolean {
    return this.#driver?.idle ?? false
  }

  override get unsynced(): number {
    return this.#disk.unsynced
  }

  override rot(random: Random): boolean {
    return this.#disk.rot(random)
  }

  override repair(): void {
    this.#disk.repair()
  }

  protected override boot(): void {
    const { plan, participants } = this.world
    const epoch = (this.#pastEpochs.at(-1) ?? 0) + 1
    const config = {
      ...{ id: this.name, disk: 'disk', epoch, pastEpochs: [...this.#pastEpochs] },
      ...{ participants, voteTimeout: plan.voteTimeout, delivery: plan.delivery, maxOpen: 1_000 },
    }
    this.#pastEpochs.push(epoch)
    const { base, records } = this.#disk.read()
    this.#core = new Coordinator(config, this.now(), [...base, ...records])
    const core = this.#core
    const observed = {
      step: (input: CoordinatorInput, now: number) => {
        const outputs = core.step(input, now)
        if (input.kind === 'ack') {
          this.world.history.fact(input.transactionId).acknowledged.add(input.from)
        }
        for (const output of outputs) {
          if (output.kind === 'reply') this.world.history.settled(output.outcome)
        }
        return outputs
      },
    }
    this.#driver = new Driver(observed, this.#disk, this, plan.driver)
  }

  protected override die(): void {
    const { world } = this
    const torn = this.#disk.crash((unsynced) => world.keeps(unsynced), world.tears)
    if (torn) world.history.count('torn writes')
    this.#core = null
    this.#driver = null
    this.#calls = new Map()
    this.#questions = new Map()
  }

  protected override proceed(): void {
    this.#driver?.proceed()
  }

  protected override tick(): void {
    this.#driver?.submit({ kind: 'tick' })
  }

  setSpace(enough: boolean): void {
    this.enter(() => this.#driver?.submit({ kind: 'space', enough }))
  }

  checkpoint(): void {
    if (!this.isRunning || !this.idle) return
    const base = this.core.unfinished()
    const mark = this.#disk.end
    this.world.history.count('checkpoints')
    this.after(this.saveTime(), () => this.#disk.checkpoint(base, mark))
  }

  override handle(request: Request, reply: (reply: Reply) => void): void {
    if (!this.point(request.kind)) return this.enter(() => this.handle(request, reply))
    this.#lastCall += 1
    const callId = this.#lastCall
    this.#calls.set(callId, reply)
    if (request.kind === 'DecisionRequest') {
      this.#questions.set(callId, request)
      this.#driver?.submit({ kind: 'query', callId, query: request.query })
    } else if (request.kind === 'Begin') {
      this.#begin(callId, request)
    }
  }

  #begin(callId: CallId, request: Extract<Request, { kind: 'Begin' }>): void {
    const { filename, operation } = request
    const { participants, history } = this.world
    const transactionId = this.world.nextId('T')
    history.begin({ transactionId, filename, operation, participants })
    const rest = { callId, transactionId, filename, operation, requestKey: null }
    const submit = () => this.#driver?.submit({ kind: 'begin', ...rest })
    if (operation.kind !== 'upload') return submit()
    let open = participants.length
    const { size, sha256 } = operation
    for (const to of participants) {
      const staged = { blob: this.world.nextId('blob'), size, sha256 }
      const request = { kind: 'Stage', transactionId, staged } as const
      let settled = false
      this.call(to, request, this.world.plan.voteTimeout, () => {
        if (settled) return // a reply in spite of the timeout
        settled = true
        open -= 1
        if (open === 0) submit()
      })
    }
  }

  perform(output: CoordinatorOutput): void {
    switch (output.kind) {
      case 'send':
        return this.#send(output.to, output.message)
      case 'reply':
        this.world.history.replied(output.outcome)
        return this.#reply(output.callId, { kind: 'outcome', outcome: output.outcome })
      case 'answer': {
        const question = this.#questions.get(output.callId)
        const { answer } = output
        if (question !== undefined) {
          const { query, from } = question
          this.world.history.answered(query.transactionId, this.name, from, answer)
        }
        return this.#reply(output.callId, { kind: 'answer', answer })
      }
      case 'refuse':
        this.world.history.count(output.reason)
        return this.#reply(output.callId, { kind: 'refused', reason: output.reason })
      default:
    }
  }

  #reply(callId: CallId, reply: Reply): void {
    this.#calls.get(callId)?.(reply)
    this.#calls.delete(callId)
    this.#questions.delete(callId)
  }

  #send(to: NodeName, message: VoteRequest | DecisionMessage): void {
    const { transactionId } = message
    const { plan, history } = this.world
    if (message.finishedBefore !== null) history.calledFinished(message.finishedBefore)
    if (message.kind === 'VoteRequest') {
      history.fact(transactionId).order = message.order
      this.world.lastVoteRequest = message
      this.call(to, message, plan.voteTimeout, (reply) => this.#onVote(transactionId, to, reply))
      return
    }
    const decision = message.kind === 'GlobalCommit' ? 'commit' : 'abort'
    history.decided(transactionId, this.name, decision)
    this.call(to, message, plan.delivery.ackTimeout, (reply) => this.#onAck(message, to, reply))
  }

  #onVote(transactionId: TransactionId, from: NodeName, reply: Reply | null): void {
    if (!this.point('reply to VoteRequest')) {
      return this.enter(() => this.#onVote(transactionId, from, reply))
    }
    const input = { kind: 'vote', transactionId, from } as const
    const silent = { vote: 'none', reason: 'failed' } as const
    if (reply?.kind !== 'vote') return this.#driver?.submit({ ...input, vote: silent })
    const { vote } = reply
    this.#driver?.submit({
      ...input,
      vote: vote.granted
        ? { vote: 'commit', likes: vote.likes }
        : { vote: 'abort', reason: vote.reason },
    })
  }

  #onAck(message: DecisionMessage, from: NodeName, reply: Reply | null): void {
    if (!this.point('reply to a decision')) {
      return this.enter(() => this.#onAck(message, from, reply))
    }
    const { transactionId } = message
    if (reply?.kind === 'ack') {
      this.#driver?.submit({ kind: 'ack', transactionId, from })
      return
    }
    this.world.history.count('redeliveries')
    const reason = reply?.kind === 'refused' ? reply.reason : 'failed'
    this.#driver?.submit({ kind: 'deliveryFailed', transactionId, from, reason })
  }

  #onDurable(record: CoordinatorRecord): void {
    this.world.trace(`${this.name} has on disk: ${record.type} ${record.transactionId}`)
    if (record.type !== 'commit') return
    this.world.history.decided(record.transactionId, this.name, 'commit')
    this.world.history.commits.push(record.transactionId)
  }
}
