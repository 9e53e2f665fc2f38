import { Coordinator, type CoordinatorConfig } from '../coordinator.ts'
import type { CoordinatorOutput, CoordinatorRecord } from '../coordinator-io.ts'
import type { DecisionMessage, DecisionQuery, Order, VoteRequest } from '../messages.ts'
import { Participant, type ParticipantConfig } from '../participant.ts'
import type { ParticipantInput, ParticipantOutput, Staged } from '../participant-io.ts'
import type { ParticipantRecord, Picture, Prepared, Tombstone } from '../participant-records.ts'
import type { ParticipantSnapshot } from '../participant-state.ts'

export const nodes = ['n1', 'n2', 'n3'] as const

export function order(number: number, epoch = 1): Order {
  return { epoch, number }
}

const ref = {
  transactionId: 'T1',
  coordinatorId: 'c',
  coordinatorDisk: 'disk',
  filename: 'a.png',
  order: order(1),
}

/** A request to delete `a.png` as the first transaction of the first run. */
export function voteRequest(change: Partial<VoteRequest> = {}): VoteRequest {
  const operation = { kind: 'delete' } as const
  return {
    ...{ kind: 'VoteRequest', ...ref, operation, finishedBefore: null, participants: nodes },
    ...change,
  }
}

export const bytes = { size: 3, sha256: 'ab' }

export const upload = { kind: 'upload', ...bytes, uploadTime: 77 } as const

export const staged: Staged = { blob: 'new', ...bytes }

export function decision(
  kind: DecisionMessage['kind'],
  change: Partial<DecisionMessage> = {},
): DecisionMessage {
  return { ...{ kind, ...ref, finishedBefore: null }, ...change }
}

export function query(change: Partial<DecisionQuery> = {}): DecisionQuery {
  const { filename: _, ...identity } = ref
  return { ...identity, participants: nodes, preparedAt: 1_000, ...change }
}

export function picture(change: Partial<Picture> = {}): Picture {
  return { size: 9, sha256: 'cd', blob: 'old', likes: 4, uploadTime: 5, ...change }
}

export function tombstone(change: Partial<Tombstone> = {}): Tombstone {
  const { filename: _, ...identity } = ref
  return { ...identity, decision: 'abort', reason: null, ...change }
}

export function prepared(change: Partial<Prepared> = {}): Prepared {
  const { kind: _, ...request } = voteRequest()
  return { ...request, blob: null, preparedAt: 1_000, ...change }
}

export const hasPicture: ParticipantRecord = {
  type: 'upload',
  filename: 'a.png',
  picture: picture(),
}

/** Delays of the questions: the first after 100 ms, at most 400 ms apart. */
export const inquiryTiming = { first: 100, most: 400 }

/** `n1`, with `a.png` on its disk unless told otherwise. */
export function participant(
  records: Iterable<ParticipantRecord> = [hasPicture],
  config: Partial<ParticipantConfig> = {},
  snapshot: ParticipantSnapshot | null = null,
): Participant {
  const defaults = {
    id: 'n1',
    coordinators: ['c'],
    peers: ['n2', 'n3'],
    maxPrepared: 100,
    bornAt: 0,
  }
  const full = { ...defaults, inquiry: inquiryTiming, ...config }
  return new Participant(full, 0, snapshot, records)
}

/** Hands a request to vote to a participant; the call's id is 1. */
export function vote(
  to: Participant,
  message: VoteRequest,
  bytes: Staged | null = null,
): readonly ParticipantOutput[] {
  const call = { kind: 'voteRequest', callId: 1, message, staged: bytes, wallTime: 1_000 } as const
  return to.step(call, 0)
}

/** Hands a decision to a participant; the call's id is 2. */
export function decide(to: Participant, message: DecisionMessage): readonly ParticipantOutput[] {
  return to.step({ kind: 'decision', callId: 2, message }, 0)
}

/** Asks a participant; the call's id is 3. */
export function ask(to: Participant, asked: DecisionQuery): readonly ParticipantOutput[] {
  return to.step({ kind: 'query', callId: 3, query: asked }, 0)
}

export function answered(
  from: string,
  answer: Extract<ParticipantInput, { kind: 'answered' }>['answer'],
): ParticipantInput {
  return { kind: 'answered', transactionId: 'T1', from, answer }
}

/** Vote timeout 1000 ms, ack timeout 500 ms, back-off from 50 to 200 ms. */
export function coordinator(
  records: Iterable<CoordinatorRecord> = [],
  config: Partial<CoordinatorConfig> = {},
): Coordinator {
  const defaults = {
    ...{ id: 'c', disk: 'disk', epoch: 1, pastEpochs: [], participants: nodes },
    ...{ voteTimeout: 1_000, maxOpen: 100, delivery: { ackTimeout: 500, first: 50, most: 200 } },
  }
  return new Coordinator({ ...defaults, ...config }, 0, records)
}

/** Begins the deletion of `a.png` as `id`. */
export function begin(of: Coordinator, id = 'T1', now = 0): readonly CoordinatorOutput[] {
  const operation = { kind: 'delete' } as const
  const rest = { transactionId: id, filename: 'a.png', operation, requestKey: null }
  return of.step({ kind: 'begin', callId: 1, ...rest }, now)
}

/** A yes from each participant; returns what the last one makes due. */
export function allYes(of: Coordinator, id = 'T1', now = 0): readonly CoordinatorOutput[] {
  let owed: readonly CoordinatorOutput[] = []
  for (const from of nodes) {
    owed = of.step({ kind: 'vote', transactionId: id, from, vote: yes }, now)
  }
  return owed
}

export const yes = { vote: 'commit', likes: 4 } as const
export const noFound = { vote: 'abort', reason: 'PICTURE_NOT_FOUND' } as const

export function commitRecord(
  change: Partial<Extract<CoordinatorRecord, { type: 'commit' }>> = {},
): CoordinatorRecord {
  return {
    ...{ type: 'commit', transactionId: 'T1', order: order(1), filename: 'a.png', likes: 4 },
    ...{ operation: { kind: 'delete' }, participants: nodes, requestKey: null },
    ...change,
  }
}

/** Without what is for people only. */
export function duties<O extends { readonly kind: string }>(
  owed: readonly O[],
): readonly Exclude<O, { kind: 'event' }>[] {
  return owed.filter((output): output is Exclude<O, { kind: 'event' }> => output.kind !== 'event')
}
