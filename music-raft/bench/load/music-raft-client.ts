import { createLogger } from '../../../common/logger.ts'
import { Cluster } from '../../client/cluster.ts'
import {
  DEADLINE_MS,
  type LoadClient,
  nodeAt,
  type Operation,
  READ_ID,
  type Worker,
} from './client.ts'
import { StreamedTracks } from './streamed-tracks.ts'

/** The shipped client's channels, asked as the shipped client asks: exactly once, brief answers. */
export class MusicRaftClient implements LoadClient {
  readonly #nodes: Cluster
  readonly #streams: readonly StreamedTracks[]

  constructor(addresses: readonly string[]) {
    const { log } = createLogger({ node: '0', level: 'silent', format: 'json' })
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
      'x-client-id': worker.clientId,
      'x-request-id': String(index),
      'x-answer': 'brief',
    }
    const options = { deadlineMs: DEADLINE_MS, metadata }
    const { queue } = this.#nodes.at(node)
    const id = `${worker.name}-${index}`
    if (operation === 'play') {
      const played = await queue.unary('PlayNext', {}, options)
      if (played.id === '') throw new Error('there was nothing to play')
      return
    }
    const { code, message } =
      operation === 'overwrite'
        ? await queue.unary('VoteTrack', { id: `${worker.name}-1`, up: index % 2 === 0 }, options)
        : await queue.unary('AddTrack', track(operation === 'write' ? id : READ_ID), options)
    if (code !== 'APPLIED') throw new Error(`${operation} ${index}: ${code} ${message}`)
  }

  close(): void {
    for (const streams of this.#streams) streams.close()
    this.#nodes.close()
  }

  async #read(node: number): Promise<void> {
    const { queue } = this.#nodes.at(node)
    const { id } = await queue.unary('GetMetadata', { id: READ_ID }, { deadlineMs: DEADLINE_MS })
    if (id !== READ_ID) throw new Error('the track to be read is not there')
  }
}

function track(id: string) {
  return { id, title: 'A title of middling length', artist: 'An artist with a name', duration: 180 }
}
