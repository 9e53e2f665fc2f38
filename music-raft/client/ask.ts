import { setTimeout as sleep } from 'node:timers/promises'
import type { Metadata } from '@grpc/grpc-js'
import type { CallOptions } from '../../common/rpc-client.ts'
import { type Cluster, type NodeChannels, Route } from './cluster.ts'
import { type Failure, failureOf } from './verdict.ts'

/** The longest a single attempt may take: a node that is stopped must not use up the whole time. */
const ATTEMPT_MS = 3000
/**
 * Not worth beginning an attempt with less: cut off on its way, it would turn an outcome that is known
 * into one that is not.
 */
const WORTHWHILE_MS = 100

/** A request to whichever node can answer it. */
export interface Question<A> {
  /** Name of the method, for people. */
  readonly rpc: string
  /** Whether it may take effect: then an attempt whose end is not known makes the outcome unknown. */
  readonly changes: boolean
  /** Sent with every attempt, the same each time. */
  readonly metadata: Readonly<Record<string, string>>
  send(node: NodeChannels, options: CallOptions): Promise<A>
  /** An answer that says in its own words that nothing was done; null: it is an answer. */
  turnedDown?(answer: A): Failure | null
}

/** How long to try, and what ends it earlier. */
export interface Patience {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** An answer, and who leads in which term according to the node that gave it. */
export interface Answered<A> {
  readonly answer: A
  readonly leader: number | null
  readonly term: number | null
}

/** A request that was not answered with success. */
export class CallFailed extends Error {
  readonly rpc: string
  /** `refused`: it had no effect; `unknown`: it may have one, or get one yet. */
  readonly outcome: 'refused' | 'unknown'
  readonly failure: Failure

  constructor(rpc: string, outcome: 'refused' | 'unknown', failure: Failure) {
    super(failure.message)
    this.name = 'CallFailed'
    this.rpc = rpc
    this.outcome = outcome
    this.failure = failure
  }
}

/**
 * Asks until there is an answer, a refusal or no time left. Every attempt is the same request with
 * the same metadata, so that a node which saw an earlier one gives that one's answer (R16).
 * Rejects with CallFailed.
 */
export async function ask<A>(
  cluster: Cluster,
  question: Question<A>,
  { timeoutMs, signal }: Patience,
): Promise<Answered<A>> {
  const until = performance.now() + timeoutMs
  const route = new Route(cluster)
  let unsure: Failure | null = null
  for (;;) {
    const index = route.current
    const left = Math.max(1, until - performance.now())
    const result = await attempt(cluster.at(index), question, Math.min(left, ATTEMPT_MS), signal)
    if (result.failure === null) {
      cluster.learn(index, result.leader)
      return result
    }
    const { failure } = result
    if (question.changes && failure.verdict === 'unsure') unsure = failure
    if (failure.verdict === 'refused') throw failed(question, failure, unsure)
    const pause = route.next(result.leader)
    if (signal?.aborted === true || performance.now() + pause + WORTHWHILE_MS >= until) {
      throw failed(question, failure, unsure)
    }
    // An abort while waiting is found by the next attempt, which it cancels before it leaves.
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  }
}

type Attempt<A> =
  | (Answered<A> & { readonly failure: null })
  | { readonly failure: Failure; readonly leader: number | null }

async function attempt<A>(
  node: NodeChannels,
  question: Question<A>,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Attempt<A>> {
  let leader: number | null = null
  let term: number | null = null
  const onTrailers = (trailers: Metadata) => {
    leader = wholeNumber(trailers.get('x-leader')[0])
    term = wholeNumber(trailers.get('x-term')[0])
  }
  const options = { deadlineMs, metadata: question.metadata, onTrailers }
  if (signal?.aborted === true) return { failure: INTERRUPTED, leader }
  try {
    const answer = await question.send(
      node,
      signal === undefined ? options : { ...options, signal },
    )
    const failure = question.turnedDown?.(answer) ?? null
    return failure === null ? { failure, answer, leader, term } : { failure, leader }
  } catch (error) {
    return { failure: failureOf(error), leader }
  }
}

const INTERRUPTED: Failure = {
  verdict: 'later',
  status: 'CANCELLED',
  code: '',
  message: 'interrupted before it was sent',
  unreachable: false,
}

/** A bad argument is as bad in every attempt; anything else says nothing about an earlier one. */
function failed<A>({ rpc }: Question<A>, failure: Failure, unsure: Failure | null): CallFailed {
  const known = unsure === null || failure.status === 'INVALID_ARGUMENT'
  return known ? new CallFailed(rpc, 'refused', failure) : new CallFailed(rpc, 'unknown', unsure)
}

function wholeNumber(value: string | Buffer | undefined): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) && value !== '0'
    ? Number(value)
    : null
}
