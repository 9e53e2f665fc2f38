import { encodeCommand, type Operation as QueueCommand } from '../../queue/command.ts'
import { QueueMachine } from '../../queue/queue.ts'
import type { ObservedPage, ObservedTrack, QueueInput, QueueOutput } from '../queue-history.ts'
import type { QueueBounds } from '../queue-model.ts'
import { pick } from './generate.ts'

/** The shipped queue on one machine, asked as a client asks. */
export class OneQueue {
  readonly #machine = new QueueMachine()
  readonly #maxTracks: number
  readonly #maxHistory: number

  constructor({ maxTracks = 1_000_000, maxHistory = 1_000_000 }: QueueBounds = {}) {
    this.#maxTracks = maxTracks
    this.#maxHistory = maxHistory
  }

  ask(input: QueueInput): QueueOutput {
    const machine = this.#machine
    switch (input.rpc) {
      case 'AddTrack': {
        const { track } = input
        return this.#change({ kind: 'ADD', maxTracks: this.#maxTracks, ...track })
      }
      case 'RemoveTrack':
        return this.#change({ kind: 'REMOVE', id: input.id })
      case 'VoteTrack':
        return this.#change({ kind: 'VOTE', id: input.id, up: input.up })
      case 'PlayNext': {
        const { track } = this.#apply({ kind: 'PLAY', maxHistory: this.#maxHistory })
        return { track }
      }
      case 'GetMetadata':
        return { track: machine.track(input.id) }
      case 'GetQueue':
        return machine.queuePage(pageOf(input.page))
      case 'GetHistory':
        return machine.historyPage(pageOf(input.page))
      default:
        return input satisfies never
    }
  }

  #change(operation: QueueCommand): QueueOutput {
    const { code, position, total } = this.#apply(operation)
    return { code: code === 'OK' ? 'APPLIED' : code, position, total }
  }

  #apply(operation: QueueCommand) {
    const data = encodeCommand({ identity: null, operation })
    return this.#machine.apply({
      index: this.#machine.lastApplied + 1,
      command: operation.kind,
      data,
    })
  }
}

function pageOf({ offset, limit }: ObservedPage = { offset: 0, limit: 0 }): ObservedPage {
  return { offset, limit: limit === 0 ? Number.MAX_SAFE_INTEGER : limit }
}

/** Something a client may ask, about one of `names` tracks. */
export function anyInput(random: () => number, names: number): QueueInput {
  const id = `t${Math.floor(random() * names)}`
  const track = { id, title: `Title ${id}`, artist: 'A', duration: 60 }
  const page = { offset: Math.floor(random() * 2), limit: Math.floor(random() * 3) }
  return pick<QueueInput>(random, [
    { rpc: 'AddTrack', track },
    { rpc: 'AddTrack', track },
    { rpc: 'RemoveTrack', id },
    { rpc: 'VoteTrack', id, up: random() < 0.7 },
    { rpc: 'PlayNext' },
    { rpc: 'GetQueue' },
    { rpc: 'GetQueue', page },
    { rpc: 'GetHistory' },
    { rpc: 'GetHistory', page },
    { rpc: 'GetMetadata', id },
  ])
}

/** An answer that differs in one thing. */
export function otherOutput(random: () => number, output: QueueOutput): QueueOutput {
  if ('code' in output) {
    return pick(random, [
      { ...output, code: pick(random, ['APPLIED', 'NOT_QUEUED', 'ALREADY_QUEUED']) },
      { ...output, position: output.position + 1 },
      { ...output, total: output.total + 1 },
    ])
  }
  if ('track' in output) {
    const { track } = output
    return { track: track === null || random() < 0.3 ? null : otherTrack(random, track) }
  }
  const { tracks, total } = output
  const place = Math.floor(random() * tracks.length)
  const track = tracks[place]
  if (track === undefined) return { tracks, total: total + 1 }
  return pick(random, [
    { total: total - 1, tracks: tracks.toSpliced(place, 1) },
    { total, tracks: [...tracks].reverse() },
    { total, tracks: tracks.with(place, otherTrack(random, track)) },
    { total: total + 1, tracks: [...tracks, track] },
  ])
}

function otherTrack(random: () => number, track: ObservedTrack): ObservedTrack {
  return random() < 0.5 ? { ...track, votes: track.votes + 1 } : { ...track, id: `${track.id}0` }
}
