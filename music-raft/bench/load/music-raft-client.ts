import { createLogger } from '../../../common/logger.ts'
import { CALLER } from '../../../common/rpc.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import { Cluster } from '../../client/cluster.ts'
import { queueService } from '../../client/wire.ts'
import { type LoadClient, nodeAt, type Operation, READ_ID, type Worker } from './client.ts'
import { StreamedTracks } from './streamed-tracks.ts'
import { UnaryCalls } from './unary-calls.ts'

/** As the shipped client names itself in log lines. */
const CALLED_BY = { [CALLER]: '0' }

/** Asks as the shipped client asks: exactly once, brief answers; streams on that client's own channels. */
export class MusicRaftClient implements LoadClient {
  readonly #calls: readonly UnaryCalls<QueueServiceDefinition>[]
  readonly #nodes: Cluster
  readonly #streams: readonly StreamedTracks[]

  constructor(addresses: readonly string[]) {
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
    this.#calls = addresses.map((address) => new UnaryCalls(queueService, address))
    this.#nodes = new Cluster(
      addresses.map((address, at) => ({ id: at + 1, address })),
      log,
    )
    this.#streams = this.#nodes.nodes.map((node) => new StreamedTracks(node))
  }

  async call(operation: Operation, node: number, worker: Worker, index: number): Promise<void> {
    if (operation === 'read') return this.#read(node)
    if (operation === 'streamed') {
      return nodeAt(this.#streams, node).add(track(`${worker.name}-${index}`))
    }
    const metadata = {
      ...CALLED_BY,
      'x-client-id': worker.clientId,
      'x-request-id': String(index),
      'x-answer': 'brief',
    }
    const queue = nodeAt(this.#calls, node)
    const id = `${worker.name}-${index}`
    if (operation === 'play') {
      const played = await queue.call('PlayNext', {}, metadata)
      if (played.id === '') throw new Error('there was nothing to play')
      return
    }
    const { code, message } =
      operation === 'overwrite'
        ? await queue.call('VoteTrack', { id: `${worker.name}-1`, up: index % 2 === 0 }, metadata)
        : await queue.call('AddTrack', track(operation === 'write' ? id : READ_ID), metadata)
    if (code !== 'APPLIED') throw new Error(`${operation} ${index}: ${code} ${message}`)
  }

  close(): void {
    for (const streams of this.#streams) streams.close()
    for (const calls of this.#calls) calls.close()
    this.#nodes.close()
  }

  async #read(node: number): Promise<void> {
    const { id } = await nodeAt(this.#calls, node).call('GetMetadata', { id: READ_ID }, CALLED_BY)
    if (id !== READ_ID) throw new Error('the track to be read is not there')
  }
}

function track(id: string) {
  return { id, title: 'A title of middling length', artist: 'An artist with a name', duration: 180 }
}
