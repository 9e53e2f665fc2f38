import assert from 'node:assert/strict'
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader'
import { CodedError } from '../../../common/errors.ts'
import { loadService } from '../../../common/rpc.ts'
import { encodeCommand } from '../../../music-raft/queue/command.ts'
import { QueueError } from '../../../music-raft/queue/errors.ts'
import { checkId, checkNewTrack, checkPage, checkUp } from '../../../music-raft/queue/validate.ts'
import { malformed } from '../../../music-raft/raft/validate.ts'
import { MalformedMessage } from '../../../music-raft/server/wire/protobuf.ts'
import { queueService } from '../../../music-raft/server/wire/queue-wire.ts'
import {
  checkEnvelope,
  decodeSnapshotChunk,
  encodeSnapshotChunk,
  raftService,
} from '../../../music-raft/server/wire/raft-wire.ts'
import {
  decisionService,
  decodeAnswer,
  decodeDecision,
  decodeQuery,
  decodeVoteRequest,
  encodeDecision,
  encodeQuery,
  encodeVoteRequest,
  pictureService,
} from '../../../picture-2pc/shell/wire.ts'
import type { AdminServiceDefinition } from '../../../protos/types/admin/AdminService.ts'
import type { SnapshotArgs__Output } from '../../../protos/types/raft/SnapshotArgs.ts'
import { MessageMaker } from './proto-messages.ts'
import { plain, REFUSED, type Target, unlessRefused } from './target.ts'

type AnyMethod = MethodDefinition<object, object>

/** What a service does with a decoded message before it counts: throws what is a finding. */
type Checks = Readonly<Record<string, (message: never) => unknown>>

interface Loaded {
  readonly definition: object
  readonly packageDefinition: PackageDefinition
}

/**
 * A service as we accept it: the first byte of an input chooses method and direction, the others are
 * the message. The library may refuse with any Error, as gRPC answers each with a status.
 */
function protoTarget(name: string, loaded: Loaded, checks: Checks, except: string[] = []): Target {
  const methods = Object.entries(loaded.definition as Record<string, AnyMethod>).filter(
    ([method]) => !except.includes(method),
  )
  const of = (choice: number) => {
    const [method, definition] = methods[(choice >> 1) % methods.length] ?? []
    if (method === undefined || definition === undefined) throw new Error(`${name} is empty`)
    const { requestSerialize, requestDeserialize, requestType } = definition
    const { responseSerialize, responseDeserialize, responseType } = definition
    return (choice & 1) === 0
      ? { key: method, write: requestSerialize, read: requestDeserialize, type: requestType }
      : {
          ...{ key: `${method} answer`, write: responseSerialize },
          ...{ read: responseDeserialize, type: responseType },
        }
  }
  return {
    name,
    seed: (random) => {
      const choice = random.below(256)
      const { write, read, type } = of(choice)
      const made = new MessageMaker(loaded.packageDefinition, random).message(type.type)
      const bytes = write(made)
      assert.deepEqual(plain(read(write(read(bytes)))), plain(read(bytes)))
      return Buffer.concat([Buffer.of(choice), bytes])
    },
    run: (input) => {
      const { key, read, write } = of(input[0] ?? 0)
      const value = unlessRefused([Error], () => read(input.subarray(1)))
      if (value === null) return REFUSED
      assert.deepEqual(plain(read(write(value))), plain({ ...read(write({})), ...present(value) }))
      const check: ((message: never) => unknown) | undefined = checks[key]
      return check?.(value as never) === REFUSED ? REFUSED : { accepted: true, value }
    },
  }
}

/** Without the texts that were left out because they are not UTF-8. */
function present(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))
}

/** What a check refuses is refused; what it accepts is checked by `then`. */
function checked<M, T>(check: (message: M) => T, then: (value: T) => void = () => undefined) {
  return (message: M) => {
    const value = unlessRefused([CodedError, QueueError], () => check(message))
    if (value === null) return REFUSED
    then(value)
    return undefined
  }
}

type Id = { readonly id: string }
type Wire = { readonly offset: number; readonly limit: number }

const queueProto = protoTarget(
  'protos/queue',
  queueService,
  {
    AddTrack: checked(checkNewTrack, (track) => {
      encodeCommand({ identity: null, operation: { kind: 'ADD', maxTracks: 1, ...track } })
    }),
    RemoveTrack: checked(({ id }: Id) => checkId(id)),
    GetMetadata: checked(({ id }: Id) => checkId(id)),
    VoteTrack: checked(({ up }: { up: boolean }) => checkUp(up)),
    GetQueue: checked(({ offset, limit }: Wire) => checkPage(offset, limit)),
    // AddTracks is read by hand: see tracks.ts.
  },
  ['AddTracks'],
)

const adminProto = protoTarget(
  'protos/admin',
  loadService<AdminServiceDefinition>('admin.proto', 'admin.AdminService'),
  {},
)

/** A chunk of a snapshot as it came: checked, given to the core's own check, and sent again. */
const chunk = checked(
  (args: SnapshotArgs__Output) => decodeSnapshotChunk(args, checkEnvelope(args.envelope)),
  (message) => {
    malformed(message.to, message)
    const sent = encodeSnapshotChunk(message, '', message.data ?? Buffer.alloc(0), 1)
    const write = raftService.definition.InstallSnapshot
    const again = write.requestDeserialize(write.requestSerialize(sent))
    const read = decodeSnapshotChunk(again, checkEnvelope(again.envelope))
    assert.deepEqual(plain(read), plain(message))
  },
)

// AppendEntries and Exchange have codecs of their own, see raft-wire.ts.
const raftProto = protoTarget('protos/raft', raftService, { InstallSnapshot: chunk }, [
  'AppendEntries',
  'Exchange',
])

const exchangeSides: Target = {
  name: 'protos/raft-exchange',
  seed: (random) => {
    const { requestType, responseType } = raftService.definition.Exchange
    const choice = random.below(2)
    const type = choice === 0 ? requestType : responseType
    const made = new MessageMaker(raftService.packageDefinition, random).message(type.type)
    const { requestSerialize, responseSerialize } = raftService.definition.Exchange
    const bytes =
      choice === 0
        ? requestSerialize({ kind: 'other', request: made })
        : responseSerialize({ kind: 'other', reply: made })
    return Buffer.concat([Buffer.of(choice), bytes])
  },
  run: (input) => {
    const { requestDeserialize, responseDeserialize } = raftService.definition.Exchange
    const read: (bytes: Buffer) => object =
      ((input[0] ?? 0) & 1) === 0 ? requestDeserialize : responseDeserialize
    const value = unlessRefused([Error], () => read(input.subarray(1)))
    if (value === null) return REFUSED
    return 'append' in value && value.append instanceof MalformedMessage
      ? REFUSED
      : { accepted: true, value }
  },
}

const ALL = ['grpc-node1', 'grpc-node2', 'grpc-node3']

const decision = (kind: 'GlobalCommit' | 'GlobalAbort') =>
  checked(
    (args: Parameters<typeof decodeDecision>[1]) => decodeDecision(kind, args),
    (message) => {
      const { requestDeserialize, requestSerialize } = pictureService.definition[kind]
      const again = decodeDecision(
        kind,
        requestDeserialize(requestSerialize(encodeDecision(message))),
      )
      assert.deepEqual(again, message)
    },
  )

const pictureProto = protoTarget('protos/picture', pictureService, {
  GlobalCommit: decision('GlobalCommit'),
  GlobalAbort: decision('GlobalAbort'),
  VoteRequest: checked(
    (args: Parameters<typeof decodeVoteRequest>[0]) => decodeVoteRequest(args, ALL),
    (message) => {
      const { requestDeserialize, requestSerialize } = pictureService.definition.VoteRequest
      const bytes = requestSerialize(encodeVoteRequest(message))
      assert.deepEqual(decodeVoteRequest(requestDeserialize(bytes), ALL), message)
    },
  ),
})

const decisionProto = protoTarget('protos/coordinator', decisionService, {
  'DecisionRequest answer': decodeAnswer,
  DecisionRequest: checked(decodeQuery, (query) => {
    const { requestDeserialize, requestSerialize } = decisionService.definition.DecisionRequest
    const bytes = requestSerialize(encodeQuery(query, 'grpc-node1'))
    assert.deepEqual(decodeQuery(requestDeserialize(bytes)), query)
  }),
})

export const protos: readonly Target[] = [
  queueProto,
  adminProto,
  raftProto,
  exchangeSides,
  pictureProto,
  decisionProto,
]
