import type { ServerWritableStream } from '@grpc/grpc-js'
import { CodedError } from '../../common/errors.ts'
import { MAX_MESSAGE_BYTES } from '../../common/rpc.ts'
import { type Handlers, type Served, serve } from '../../common/rpc-server.ts'
import { StorageFailure } from '../../common/storage-errors.ts'
import type { DownloadChunk } from '../../protos/types/DownloadChunk.ts'
import type { DownloadRequest__Output } from '../../protos/types/DownloadRequest.ts'
import type { PictureServiceDefinition } from '../../protos/types/PictureService.ts'
import type { WatchReply } from '../../protos/types/WatchReply.ts'
import type { WatchRequest__Output } from '../../protos/types/WatchRequest.ts'
import type { NodeName } from '../protocol/messages.ts'
import type { Picture } from '../protocol/participant-records.ts'
import { drained } from '../shell/drained.ts'
import { pictureName } from '../shell/picture-name.ts'
import {
  decisionService,
  decodeQuery,
  encodeAnswer,
  pictureService,
  transactionId,
} from '../shell/wire.ts'
import type { BlobStore } from './blob-store.ts'
import { splitHeader } from './chunks.ts'
import { type Driver, only } from './driver.ts'
import type { Exchanges } from './exchange.ts'
import { PictureList } from './picture-list.ts'
import type { ProtocolCalls } from './protocol-calls.ts'
import { readPicture } from './reading.ts'
import type { Staging } from './staging.ts'
import { readStatus } from './status.ts'

export interface ServiceParts {
  readonly node: NodeName
  readonly coordinators: readonly NodeName[]
  readonly maxPictureBytes: number
  /** How long a streamed request may pause, milliseconds. */
  readonly streamIdleMs: number
  readonly protocol: ProtocolCalls
  readonly exchanges: Exchanges
  readonly driver: Driver
  readonly blobs: BlobStore
  readonly staging: Staging
  forcedWrites(): number
  /** Tells what happens here, until the caller hangs up. */
  watch(call: ServerWritableStream<WatchRequest__Output, WatchReply>): Promise<void>
  /** The disk failed: the process must stop. */
  fatal(error: unknown): void
}

/** What a participant answers: the original's PictureService and what was added to it. */
export function participantServices(parts: ServiceParts): readonly Served[] {
  const { protocol, exchanges } = parts
  return [
    serve(pictureService, {
      unary: {
        VoteRequest: (args) => protocol.vote(args),
        GlobalCommit: (args) => protocol.decide('GlobalCommit', args),
        GlobalAbort: (args) => protocol.decide('GlobalAbort', args),
        ...plainCalls(parts),
        ...reads(parts),
      },
      clientStream: streams(parts),
      serverStream: {
        DownloadStream: downloadStream(parts),
        Watch: (_request, call) => parts.watch(call),
      },
      bidirectional: { Exchange: (call) => exchanges.serve(call) },
    }),
    serve(decisionService, {
      unary: {
        DecisionRequest: async (args) => {
          const query = decodeQuery(args)
          const reply = await parts.driver.call((callId) => ({ kind: 'query', callId, query }))
          return { decision: encodeAnswer(only(reply, 'answer').answer), nodeId: parts.node }
        },
      },
    }),
  ]
}

type Unary = Handlers<PictureServiceDefinition>['unary']
type ClientStream = NonNullable<Handlers<PictureServiceDefinition>['clientStream']>

function plainCalls(parts: ServiceParts) {
  const { node, driver } = parts
  const change = async (kind: 'delete' | 'like', raw: string) => {
    const filename = pictureName(raw)
    return only(await driver.call((callId) => ({ kind, callId, filename })), 'done')
  }
  return {
    Upload: async ({ filename, data }) => {
      const bytes = async function* () {
        yield data
      }
      return store(parts, pictureName(filename), bytes())
    },
    Delete: async ({ filename }) => ({ success: (await change('delete', filename)).success }),
    Like: async ({ filename }) => {
      const { success, likes } = await change('like', filename)
      return { success, likes }
    },
    Health: () => Promise.resolve({ status: 'healthy', node }),
  } satisfies Unary
}

function reads({ node, driver, blobs, forcedWrites }: ServiceParts) {
  const list = new PictureList()
  driver.read(({ state }) => list.prepare(state)).catch(() => undefined) // the process ends
  return {
    Search: async ({ filename }) => {
      const picture = await find(driver, filename)
      if (picture === undefined) return { found: false, node, likes: 0 }
      return { found: true, node, likes: picture.likes, sha256: hashOf(picture) }
    },
    Download: async ({ filename }) => {
      const picture = await find(driver, filename)
      if (picture === undefined) return { found: false, data: Buffer.alloc(0) }
      // The limit is the whole message's: the field and its length come on top.
      if (picture.size > MAX_MESSAGE_BYTES - 64) throw new CodedError('MESSAGE_TOO_LARGE')
      const chunks: Buffer[] = []
      for await (const chunk of readPicture(blobs, picture)) chunks.push(chunk)
      return { found: true, data: Buffer.concat(chunks) }
    },
    List: ({ after, limit }) =>
      driver.read(({ state }) => list.page(state, { after, limit, node })),
    Status: () => driver.read((core) => readStatus(core, node, driver.space, forcedWrites())),
  } satisfies Unary
}

function hashOf({ sha256 }: Picture): Buffer {
  return Buffer.from(sha256, 'hex')
}

async function find(driver: Driver, raw: string): Promise<Picture | undefined> {
  const filename = pictureName(raw)
  return driver.read(({ state }) => state.pictures.get(filename))
}

/** Stores a picture on this node alone. */
async function store(parts: ServiceParts, filename: string, bytes: AsyncIterable<Uint8Array>) {
  const { node, driver, blobs, maxPictureBytes } = parts
  if (driver.space !== 'plenty') throw new CodedError('DISK_FULL')
  const staged = await stopOnFailure(parts, blobs.receive(bytes, maxPictureBytes))
  const picture = { ...staged, likes: 0, uploadTime: Date.now() }
  await driver.call((callId) => ({ kind: 'upload', callId, filename, picture }))
  return { success: true, node }
}

function streams(parts: ServiceParts) {
  const { coordinators, driver, staging, maxPictureBytes, streamIdleMs } = parts
  return {
    UploadStream: async (requests) => {
      const { first, bytes } = await splitHeader(requests, streamIdleMs)
      if (first.part !== 'filename') {
        throw new CodedError('INVALID_ARGUMENT', 'the first message must be the filename')
      }
      return store(parts, pictureName(first.filename), bytes)
    },
    Stage: async (requests) => {
      const { first, bytes } = await splitHeader(requests, streamIdleMs)
      if (first.part !== 'header' || !first.header) {
        throw new CodedError('INVALID_ARGUMENT', 'the first message must be the header')
      }
      const id = transactionId(first.header.transactionId)
      if (!coordinators.includes(first.header.coordinatorId)) {
        throw new CodedError('UNKNOWN_COORDINATOR')
      }
      if (driver.space !== 'plenty') throw new CodedError('DISK_FULL')
      const received = staging.receive(id, bytes, maxPictureBytes, performance.now())
      const staged = await stopOnFailure(parts, received)
      return { size: staged.size, sha256: Buffer.from(staged.sha256, 'hex') }
    },
  } satisfies ClientStream
}

function downloadStream({ driver, blobs }: ServiceParts) {
  return async (
    { filename }: DownloadRequest__Output,
    replies: ServerWritableStream<DownloadRequest__Output, DownloadChunk>,
  ) => {
    const picture = await find(driver, filename)
    if (picture === undefined) throw new CodedError('PICTURE_NOT_FOUND')
    let told: DownloadChunk = { size: picture.size, sha256: hashOf(picture) }
    for await (const data of readPicture(blobs, picture)) {
      if (replies.cancelled) return
      const flowing = replies.write({ ...told, data })
      told = {}
      if (!flowing) await drained(replies, 'cancelled')
    }
  }
}

/** A disk that cannot force a picture cannot be trusted with the vote log either. */
async function stopOnFailure<T>({ fatal }: ServiceParts, storing: Promise<T>): Promise<T> {
  try {
    return await storing
  } catch (error) {
    if (error instanceof StorageFailure) fatal(error)
    throw error
  }
}
