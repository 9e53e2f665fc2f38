import { CodedError } from '../../../common/errors.ts'
import type { QueueInput, QueueOutput } from '../../linearizability/queue-history.ts'
import { encodeCommand, type Operation } from '../../queue/command.ts'
import type { Outcome } from '../../queue/outcome.ts'
import type { QueueMachine } from '../../queue/queue.ts'
import { DEFAULT_LIMITS, type RequestIdentity } from '../../queue/validate.ts'
import { Refused } from '../../server/requests.ts'
import type { Server } from '../../server/server.ts'
import type { NodeProcess } from './node-process.ts'

/** What an attempt came to. `refused`: it surely has and will have no effect. */
export type Answer =
  | { readonly kind: 'done'; readonly output: QueueOutput }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unknown' }

export interface Call {
  readonly input: QueueInput
  readonly identity: RequestIdentity | null
}

/** A client's call at a node: writes go to the leader, reads are answered here (routing.ts, queue-service.ts). */
export function serve(node: NodeProcess, call: Call, answer: (answer: Answer) => void): void {
  const { server, life } = node
  if (server === null || life === null) return answer({ kind: 'refused' })
  const reply = (given: Answer) => life.enter(() => answer(given))
  const operation = operationOf(call.input)
  if (operation === null) {
    server.read().then(
      () => reply({ kind: 'done', output: look(server.machine, call.input) }),
      (error: unknown) => reply(answerOf(error)),
    )
    return
  }
  const { maxSessions } = DEFAULT_LIMITS
  const identity = call.identity && { ...call.identity, maxSessions }
  const data = encodeCommand({ identity, operation })
  propose(node, { command: operation.kind, data }, (proposed) => {
    reply(proposed.kind === 'done' ? done(proposed.outcome) : proposed)
  })
}

/** What is to be put into the log, by whoever leads. */
export interface Proposal {
  readonly command: string
  readonly data: Uint8Array
}

export type Proposed =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | Exclude<Answer, { kind: 'done' }>

/** Takes a proposal to the leader, as a node does (routing.ts). */
export function propose(
  node: NodeProcess,
  proposal: Proposal,
  reply: (proposed: Proposed) => void,
): void {
  const { server } = node
  const leaderId = server?.leadership.leaderId ?? null
  if (server === null || leaderId === null) reply({ kind: 'refused' })
  else if (leaderId === node.id) proposeHere(server, proposal, reply)
  else forward(node, leaderId, proposal, reply)
}

function forward(
  from: NodeProcess,
  to: number,
  proposal: Proposal,
  reply: (proposed: Proposed) => void,
): void {
  const { world, id } = from
  world.network.sendOnce(id, to, () => {
    const { life, server } = world.node(to) ?? { life: null, server: null }
    if (life === null || server === null) return
    const send = (answer: Proposed) => world.network.sendOnce(to, id, () => reply(answer))
    life.enter(() => proposeHere(server, proposal, (answer) => life.enter(() => send(answer))))
  })
}

function proposeHere(
  server: Server,
  { command, data }: Proposal,
  reply: (proposed: Proposed) => void,
): void {
  server.propose(command, data).then(
    ({ outcome }) => reply(outcome === null ? { kind: 'unknown' } : { kind: 'done', outcome }),
    (error: unknown) => reply(answerOf(error)),
  )
}

function operationOf(input: QueueInput): Operation | null {
  const { maxTracks, maxHistory } = DEFAULT_LIMITS
  switch (input.rpc) {
    case 'AddTrack':
      return { kind: 'ADD', maxTracks, ...input.track }
    case 'RemoveTrack':
      return { kind: 'REMOVE', id: input.id }
    case 'VoteTrack':
      return { kind: 'VOTE', id: input.id, up: input.up }
    case 'PlayNext':
      return { kind: 'PLAY', maxHistory }
    default:
      return null
  }
}

function look(machine: QueueMachine, input: QueueInput): QueueOutput {
  const all = { offset: 0, limit: Number.MAX_SAFE_INTEGER }
  switch (input.rpc) {
    case 'GetQueue':
      return listed(machine.queuePage(input.page ?? all))
    case 'GetHistory':
      return listed(machine.historyPage(input.page ?? all))
    case 'GetMetadata':
      return { track: shown(machine.track(input.id)) }
    default:
      throw new Error(`${input.rpc} does not only read`)
  }
}

type Shown = ReturnType<QueueMachine['track']>

function listed({ tracks, total }: ReturnType<QueueMachine['queuePage']>): QueueOutput {
  return { tracks: tracks.map((track) => shown(track)).filter((track) => track !== null), total }
}

function shown(track: Shown) {
  if (track === null) return null
  const { id, title, artist, votes, duration } = track
  return { id, title, artist, votes, duration }
}

function done(outcome: Outcome): Answer {
  const { word, code, track, position, total } = outcome
  if (word === 'PLAY') return { kind: 'done', output: { track: shown(track) } }
  return { kind: 'done', output: { code: code === 'OK' ? 'APPLIED' : code, position, total } }
}

/** As the product tells its clients (queue-service.ts). */
function answerOf(error: unknown): Exclude<Answer, { kind: 'done' }> {
  if (error instanceof Refused) return { kind: 'refused' }
  if (!(error instanceof CodedError)) throw error
  const unknown = error.code === 'OUTCOME_UNKNOWN' || error.code === 'INTERNAL'
  return { kind: unknown ? 'unknown' : 'refused' }
}
