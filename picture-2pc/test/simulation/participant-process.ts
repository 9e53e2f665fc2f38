import type { CallId, DecisionAnswer, Operation, TransactionId } from '../../protocol/messages.ts'
import { Participant } from '../../protocol/participant.ts'
import type {
  ParticipantInput,
  ParticipantOutput,
  Space,
  Staged,
} from '../../protocol/participant-io.ts'
import type { ParticipantRecord, Picture } from '../../protocol/participant-records.ts'
import type { ParticipantSnapshot } from '../../protocol/participant-state.ts'
import { coordinatorName } from './coordinator-process.ts'
import { Disk } from './disk.ts'
import { Driver } from './driver.ts'
import type { Reply, Request } from './messages.ts'
import { Process } from './process.ts'
import type { Random } from './random.ts'

interface Call {
  readonly request: Request
  readonly reply: (reply: Reply) => void
}

/** A participant's process: its core, its disk with the files, and the driver between them. */
export class ParticipantProcess extends Process {
  readonly #disk = new Disk<ParticipantRecord, ParticipantSnapshot | null>(null, (record) =>
    this.#onDurable(record),
  )
  /** Files with the bytes of pictures, by name. */
  readonly blobs = new Map<string, string>()
  #staged = new Map<TransactionId, Staged>()
  #core: Participant | null = null
  #driver: Driver<ParticipantInput, ParticipantOutput, ParticipantRecord, unknown> | null = null
  #calls = new Map<CallId, Call>()
  #lastCall = 0

  get core(): Participant {
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
    const peers = participants.filter((name) => name !== this.name)
    const config = {
      ...{ id: this.name, coordinators: [coordinatorName], peers, maxPrepared: plan.maxPrepared },
      inquiry: plan.inquiry,
      bornAt: 0,
    }
    const { base, records } = this.#disk.read()
    this.#core = new Participant(config, this.now(), base, records)
    if (this.#core.state.prepared.size > 0) this.world.history.count('restarts in doubt')
    this.#sweep()
    this.#driver = new Driver(this.#core, this.#disk, this, plan.driver)
  }

  /** Removes the files that nothing refers to. */
  #sweep(): void {
    const { pictures, prepared } = this.core.state
    const needed = new Set([...pictures.values()].map(({ blob }) => blob))
    for (const { blob } of prepared.values()) if (blob !== null) needed.add(blob)
    for (const blob of this.blobs.keys()) if (!needed.has(blob)) this.blobs.delete(blob)
  }

  protected override die(): void {
    const { world } = this
    const torn = this.#disk.crash((unsynced) => world.keeps(unsynced), world.tears)
    if (torn) world.history.count('torn writes')
    this.#core = null
    this.#driver = null
    this.#calls = new Map()
    this.#staged = new Map()
  }

  protected override proceed(): void {
    this.#driver?.proceed()
  }

  protected override tick(): void {
    this.#driver?.submit({ kind: 'tick' })
  }

  setSpace(space: Space): void {
    this.enter(() => this.#driver?.submit({ kind: 'space', space }))
  }

  checkpoint(): void {
    if (!this.isRunning || !this.idle) return
    const base = this.core.state.snapshot()
    const mark = this.#disk.end
    this.world.history.count('checkpoints')
    this.after(this.saveTime(), () => this.#disk.checkpoint(base, mark))
  }

  override handle(request: Request, reply: (reply: Reply) => void): void {
    if (!this.point(request.kind)) return this.enter(() => this.handle(request, reply))
    this.#lastCall += 1
    const callId = this.#lastCall
    this.#calls.set(callId, { request, reply })
    switch (request.kind) {
      case 'VoteRequest': {
        const staged = this.#staged.get(request.transactionId) ?? null
        const rest = { message: request, staged, wallTime: this.now() }
        return this.#driver?.submit({ kind: 'voteRequest', callId, ...rest })
      }
      case 'GlobalCommit':
      case 'GlobalAbort':
        return this.#driver?.submit({ kind: 'decision', callId, message: request })
      case 'DecisionRequest':
        return this.#driver?.submit({ kind: 'query', callId, query: request.query })
      case 'Stage':
        return this.#stage(callId, request.transactionId, request.staged)
      case 'Plain':
        return this.#plain(callId, request.filename, request.operation)
      case 'Begin':
    }
  }

  #stage(callId: CallId, transactionId: TransactionId, staged: Staged): void {
    if (!this.#staged.has(transactionId)) {
      this.blobs.set(staged.blob, staged.sha256)
      this.#staged.set(transactionId, staged)
    }
    this.#reply(callId, { kind: 'staged' })
  }

  #plain(callId: CallId, filename: string, operation: Operation): void {
    if (operation.kind !== 'upload') {
      return this.#driver?.submit({ kind: operation.kind, callId, filename })
    }
    const { size, sha256, uploadTime } = operation
    const blob = this.world.nextId('blob')
    this.blobs.set(blob, sha256)
    const picture: Picture = { size, sha256, blob, likes: 0, uploadTime }
    this.#driver?.submit({ kind: 'upload', callId, filename, picture })
  }

  perform(output: ParticipantOutput): void {
    const { history } = this.world
    switch (output.kind) {
      case 'vote': {
        const request = this.#calls.get(output.callId)?.request
        if (request?.kind === 'VoteRequest' && output.vote.granted) {
          history.fact(request.transactionId).yes.add(this.name)
        }
        if (!output.vote.granted) history.count(output.vote.reason)
        return this.#reply(output.callId, { kind: 'vote', vote: output.vote })
      }
      case 'ack':
        return this.#ack(output.callId)
      case 'answer':
        return this.#answer(output.callId, output.answer)
      case 'done':
        return this.#reply(output.callId, { kind: 'done', success: output.success })
      case 'refuse':
        history.count(output.reason)
        return this.#reply(output.callId, { kind: 'refused', reason: output.reason })
      case 'ask':
        history.count(output.to === coordinatorName ? 'asked' : 'peers asked')
        return this.#ask(output)
      case 'discard':
        this.blobs.delete(output.blob)
        return
      case 'unstage': {
        const blob = this.#staged.get(output.transactionId)?.blob
        if (blob !== undefined) this.blobs.delete(blob)
        this.#staged.delete(output.transactionId)
        return
      }
      case 'event':
        if (output.event.kind === 'decided' && output.event.asked) {
          history.count(output.event.by === coordinatorName ? 'told' : 'told by a peer')
        }
        return
      default:
    }
  }

  #reply(callId: CallId, reply: Reply): void {
    this.#calls.get(callId)?.reply(reply)
    this.#calls.delete(callId)
  }

  #ack(callId: CallId): void {
    const request = this.#calls.get(callId)?.request
    if (request?.kind === 'GlobalCommit' || request?.kind === 'GlobalAbort') {
      const decision = request.kind === 'GlobalCommit' ? 'commit' : 'abort'
      this.world.history.decided(request.transactionId, this.name, decision)
    }
    this.#reply(callId, { kind: 'ack' })
  }

  #answer(callId: CallId, answer: DecisionAnswer): void {
    const request = this.#calls.get(callId)?.request
    if (request?.kind === 'DecisionRequest') {
      this.world.history.answered(request.query.transactionId, this.name, request.from, answer)
    }
    this.#reply(callId, { kind: 'answer', answer })
  }

  #ask({ to, query }: Extract<ParticipantOutput, { kind: 'ask' }>): void {
    const { transactionId } = query
    const timeout = this.world.plan.inquiryTimeout
    const request = { kind: 'DecisionRequest', from: this.name, query } as const
    this.call(to, request, timeout, (reply) => this.#onAnswer(transactionId, to, reply))
  }

  #onAnswer(transactionId: TransactionId, from: string, reply: Reply | null): void {
    if (!this.point('reply to DecisionRequest')) {
      return this.enter(() => this.#onAnswer(transactionId, from, reply))
    }
    const answer = reply?.kind === 'answer' ? reply.answer : null
    this.#driver?.submit({ kind: 'answered', transactionId, from, answer })
  }

  #onDurable(record: ParticipantRecord): void {
    const { history } = this.world
    this.world.trace(`${this.name} has on disk: ${record.type} ${idOf(record)}`)
    if (record.type === 'commit') history.decided(record.transactionId, this.name, 'commit')
    if (record.type === 'abort') {
      history.decided(record.tombstone.transactionId, this.name, 'abort')
    }
  }
}

function idOf(record: ParticipantRecord): string {
  if (record.type === 'prepare') return record.transaction.transactionId
  if (record.type === 'commit') return record.transactionId
  return record.type === 'abort' ? record.tombstone.transactionId : record.filename
}
