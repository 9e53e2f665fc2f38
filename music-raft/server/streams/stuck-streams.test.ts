import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type ClientHttp2Session, connect } from 'node:http2'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as grpc from '@grpc/grpc-js'
import { createLogger } from '../../../common/logger.ts'
import { plainWording } from '../../../common/rpc-log.ts'
import { startServer } from '../../../common/rpc-server.ts'
import type { AddTracksResponse__Output } from '../../../protos/types/queue/AddTracksResponse.ts'
import { eventually } from '../../../test/child.ts'
import { batchCount } from '../../queue/batch.ts'
import { QueueMachine } from '../../queue/queue.ts'
import { DEFAULT_LIMITS } from '../../queue/validate.ts'
import { queueServed, type Write } from '../queue-service.ts'
import { queueService } from '../wire/queue-wire.ts'
import { type StreamBounds, TrackStreams } from './track-streams.ts'

const { log } = createLogger({ node: '1', level: 'silent', format: 'json' })

/** A port with AddTracks behind which `write` stands for the cluster. */
class Serving {
  readonly #server: Awaited<ReturnType<typeof startServer>>
  readonly #clients: grpc.Client[] = []
  /** How often it was said who leads: at the beginning and the end of each stream. */
  described = 0

  static async start(
    write: (write: Write) => Promise<Buffer>,
    bounds: Partial<StreamBounds> = {},
    timeoutMs = 60_000,
  ): Promise<Serving> {
    const describe = () => {
      if (serving !== null) serving.described += 1
    }
    let serving: Serving | null = null
    const limits = DEFAULT_LIMITS
    const parts = { limits, timeoutMs, write, describe, bounds, queued: () => 0 }
    const served = queueServed({
      ...{ limits, write, describe, addTracks: new TrackStreams(parts).serve },
      ...{ read: () => Promise.resolve(), machine: () => new QueueMachine() },
    })
    const at = { host: '127.0.0.1', port: 0, node: '1', log, wording: plainWording }
    serving = new Serving(await startServer({ ...at, served: [served] }))
    return serving
  }

  constructor(server: Awaited<ReturnType<typeof startServer>>) {
    this.#server = server
  }

  open() {
    const options = { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_retries': 0 }
    const address = `127.0.0.1:${this.#server.port}`
    const client = new grpc.Client(address, grpc.credentials.createInsecure(), options)
    this.#clients.push(client)
    const { path, requestSerialize, responseDeserialize } = queueService.definition.AddTracks
    const metadata = new grpc.Metadata()
    metadata.set('x-client-id', randomUUID())
    const deadline = { deadline: Date.now() + 120_000 }
    const call = client.makeBidiStreamRequest(
      ...([path, requestSerialize, responseDeserialize, metadata, deadline] as const),
    )
    const seen = { call, answers: [] as AddTracksResponse__Output[], greeted: false, ended: '' }
    call.on('error', () => undefined)
    call.on('metadata', () => {
      seen.greeted = true
    })
    call.on('status', ({ metadata: trailer, code }: grpc.StatusObject) => {
      seen.ended = String(trailer.get('x-error-code')[0] ?? grpc.status[code])
    })
    return seen
  }

  /** Sends what has a long answer, more than flow control lets through unread, and reads nothing. */
  openUnread(): ClientHttp2Session {
    const { path, requestSerialize } = queueService.definition.AddTracks
    const session = connect(`http://127.0.0.1:${this.#server.port}`)
    session.on('error', () => undefined)
    const metadata = { 'content-type': 'application/grpc', te: 'trailers' }
    const stream = session.request(
      { ':method': 'POST', ':path': path, ...metadata, 'x-client-id': randomUUID() },
      { endStream: false },
    )
    stream.on('error', () => undefined)
    stream.on('response', () => undefined) // else the answer would be read and dropped
    const numbers = Array.from({ length: 4096 }, (_, requestId) => requestId)
    const tracks = numbers.map((requestId) => ({ requestId, track: track('') }))
    const body = requestSerialize({ tracks })
    const head = Buffer.alloc(5)
    head.writeUInt32BE(body.length, 1)
    stream.write(Buffer.concat([head, body]))
    return session
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close()
    await this.#server.close(0)
  }
}

const taken = (write: Write) => Promise.resolve(Buffer.alloc(batchCount(write.data)))
const track = (id: string) => ({ id, title: '', artist: '', votes: 0, duration: 1 })

test('T14 messages without a track are dropped, so that they cannot gather without bound', async () => {
  await using serving = await Serving.start(taken)
  const seen = serving.open()
  seen.call.on('data', (answer: AddTracksResponse__Output) => seen.answers.push(answer))
  for (let i = 0; i < 100; i += 1) seen.call.write({ tracks: [] })
  seen.call.end()
  await eventually('the stream ends', async () => seen.ended === 'OK')
  assert.deepEqual(seen.answers, [])
})

test('T14 streams whose end nobody takes keep their places, so that there are never more than so many', async () => {
  await using serving = await Serving.start(taken, { streams: 2, idleMs: 2000 })
  const silent = [serving.openUnread(), serving.openUnread()]
  await eventually('both were ended for silence', async () => serving.described === 4)
  const other = serving.open()
  other.call.resume()
  await eventually('there is no place', async () => other.ended !== '')
  assert.equal(other.ended, 'OVERLOADED')
  for (const session of silent) session.destroy()
  await eventually('there are places again', async () => {
    const seen = serving.open()
    seen.call.resume()
    await eventually('it is decided', async () => seen.greeted || seen.ended !== '')
    seen.call.cancel()
    return seen.greeted
  })
})

test('T2 L16 a stream that waited too long for its turn is refused, and nothing of it is written', async () => {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let writes = 0
  const write = async (given: Write) => {
    writes += 1
    await held
    return taken(given)
  }
  await using serving = await Serving.start(write, { entries: 1 }, 300)
  const [first, second] = [serving.open(), serving.open()]
  for (const { call } of [first, second]) call.resume()
  first.call.write({ tracks: [{ requestId: 1, track: track('a') }] })
  await eventually('the first is on its way', async () => writes === 1)
  second.call.write({ tracks: [{ requestId: 1, track: track('b') }] })
  await eventually('the second is open', async () => second.greeted)
  await sleep(1000)
  release()
  await eventually('the second is refused', async () => second.ended !== '')
  assert.deepEqual([second.ended, writes], ['OVERLOADED', 1])
})
