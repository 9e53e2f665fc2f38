import { isAscii, isUtf8 } from 'node:buffer'
import type { MethodDefinition } from '@grpc/proto-loader'
import {
  type AnswerOf,
  loadService,
  type MethodName,
  type ReceivedOf,
  type ReplyOf,
  type RequestOf,
  type Service,
} from '../../../common/rpc.ts'
import type { QueueServiceDefinition } from '../../../protos/types/queue/QueueService.ts'
import { BYTES, MalformedMessage, Reader } from './protobuf.ts'
import { decodeTracks, type ReceivedTracks } from './tracks-codec.ts'

/** The answers to writes may be handed to gRPC as bytes: made by hand, or by the leader. */
export type QueueDefinition = {
  [M in MethodName<QueueServiceDefinition>]: M extends WriteMethod
    ? MethodDefinition<
        RequestOf<QueueServiceDefinition, M>,
        ReplyOf<QueueServiceDefinition, M> | Buffer,
        ReceivedOf<QueueServiceDefinition, M>,
        AnswerOf<QueueServiceDefinition, M>
      >
    : M extends 'AddTracks'
      ? MethodDefinition<
          RequestOf<QueueServiceDefinition, M>,
          ReplyOf<QueueServiceDefinition, M> | Buffer,
          ReceivedTracks | MalformedMessage,
          AnswerOf<QueueServiceDefinition, M>
        >
      : QueueServiceDefinition[M]
}
export type WriteMethod = 'AddTrack' | 'RemoveTrack' | 'VoteTrack' | 'PlayNext'

/**
 * QueueService, with texts that are not UTF-8 left out of what a handler gets, so that the check of
 * the field refuses it by name. The library would put other characters in their place.
 */
export const queueService = withCheckedTexts(
  loadService<QueueServiceDefinition>('queue.proto', 'queue.QueueService'),
)

/** Request fields that are texts, by message and field number. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  AddTrack: ['id', 'title', 'artist'],
  RemoveTrack: ['id'],
  VoteTrack: ['id'],
  GetMetadata: ['id'],
}

function withCheckedTexts(service: Service<QueueServiceDefinition>): Service<QueueDefinition> {
  const { definition, packageDefinition } = service
  const checked = Object.entries(definition).map(([name, method]) => {
    const deserialize = (bytes: Buffer) => {
      const request = method.requestDeserialize(bytes) as object
      return isAscii(bytes) ? request : withoutBadTexts(request, TEXTS[name] ?? [], bytes)
    }
    const requestDeserialize = name === 'AddTracks' ? decodeTracks : deserialize
    const serialize = (reply: object) =>
      Buffer.isBuffer(reply) ? reply : method.responseSerialize(reply as never)
    return [name, { ...method, requestDeserialize, responseSerialize: serialize }]
  })
  return { definition: Object.fromEntries(checked) as never, packageDefinition }
}

function withoutBadTexts(request: object, texts: readonly string[], bytes: Buffer): object {
  const bad: Record<string, undefined> = {}
  try {
    const reader = new Reader(bytes)
    while (reader.next()) {
      const name = texts[reader.field - 1]
      if (reader.type === BYTES && name !== undefined) {
        if (!isUtf8(reader.raw())) bad[name] = undefined
      } else reader.skip()
    }
  } catch (error) {
    // An absurd number where none is a text: the library has read the message, and its value counts.
    if (!(error instanceof MalformedMessage)) throw error
  }
  return { ...request, ...bad }
}
