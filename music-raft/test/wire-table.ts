import { type MethodDefinition, type ServiceDefinition, status } from '@grpc/grpc-js'

// What QueueService and AdminService are sent: every field at, below and beyond its limits.

export type ServiceName = 'queue' | 'admin'

/** One request: its fields, or bytes that no library would write. */
export type Given = object | Buffer

export interface FieldCase {
  readonly service: ServiceName
  readonly method: string
  readonly field: string
  /** Any answer but INVALID_ARGUMENT: the field is not what is wrong with it. */
  readonly accepted: readonly Given[]
  /** INVALID_ARGUMENT, naming the field. */
  readonly refused: readonly Given[]
}

const emoji = '😀'
/** Of field 1 to 15: a length and these bytes, whatever they are. */
export function bytesField(number: number, bytes: readonly number[] | Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), Buffer.from(bytes)])
}

/** Half a character, a surrogate, a slash that is too long, a character that ends early. */
const NOT_UTF8 = [
  [0xc3, 0x28],
  [0xed, 0xa0, 0x80],
  [0xc0, 0xaf],
  [0xe2, 0x82],
] as const

function texts(number: number, most: number, make: (text: string) => object, rest: Buffer) {
  const half = 'é'.repeat(most / 2)
  return {
    accepted: ['x', 'x'.repeat(most - 1), 'x'.repeat(most), half, emoji.repeat(most / 4)].map(make),
    refused: [
      ...['x'.repeat(most + 1), `${half}é`, `${half}x`, emoji.repeat(most / 4 + 1)].map(make),
      ...['x'.repeat(100_000)].map(make),
      ...NOT_UTF8.map((bytes) => Buffer.concat([rest, bytesField(number, bytes)])),
    ],
  }
}

const track = { id: 'a', title: 't', artist: 'b', duration: 1 }
const idA = bytesField(1, [0x61])
const noFields = Buffer.alloc(0)

function ids(method: string, rest: object): FieldCase {
  const { accepted, refused } = texts(1, 128, (id) => ({ ...rest, id }), noFields)
  const none = [{ ...rest, id: '' }, { ...rest }]
  return { service: 'queue', method, field: 'id', accepted, refused: [...refused, ...none] }
}

function pages(method: string, field: 'offset' | 'limit'): FieldCase {
  const tag = field === 'offset' ? 0x08 : 0x10
  return {
    ...{ service: 'queue', method, field },
    accepted: [0, 1, 2 ** 31, Number.MAX_SAFE_INTEGER].map((value) => ({ [field]: value })),
    refused: [
      ...[-1, -(2 ** 31), -Number.MAX_SAFE_INTEGER, 2 ** 53, 2 ** 60].map((v) => ({ [field]: v })),
      Buffer.from([tag, ...Array<number>(8).fill(0xff), 0x7f]), // 2^63 − 1
    ],
  }
}

function nodeIds(method: string, field: string, rest: object, accepted: readonly object[]) {
  const bad = [-1, -(2 ** 31), 2 ** 31, 2 ** 32 + 1, 2 ** 53]
  const refused = bad.map((value) => ({ ...rest, [field]: value }))
  return { service: 'admin', method, field, accepted, refused } satisfies FieldCase
}

const address = '127.0.0.1:9'
const UNKNOWN_ID = 2 ** 31 - 1

export const FIELD_CASES: readonly FieldCase[] = [
  ids('AddTrack', { title: 't', artist: 'b', duration: 1 }),
  ids('RemoveTrack', {}),
  ids('VoteTrack', { up: true }),
  ids('GetMetadata', {}),
  {
    ...{ service: 'queue', method: 'AddTrack', field: 'title' },
    ...texts(2, 512, (title) => ({ ...track, title }), idA),
  },
  {
    ...{ service: 'queue', method: 'AddTrack', field: 'artist' },
    ...texts(3, 512, (artist) => ({ ...track, artist }), idA),
  },
  {
    ...{ service: 'queue', method: 'AddTrack', field: 'duration' },
    accepted: [0, 1, 86_399, 86_400].map((duration) => ({ ...track, duration })),
    refused: [-1, -86_400, -(2 ** 31), 86_401, 2 ** 31 - 1].map((duration) => ({
      ...{ ...track, duration },
    })),
  },
  {
    ...{ service: 'queue', method: 'AddTrack', field: 'votes' },
    accepted: [1, -1, 2 ** 31 - 1, -(2 ** 31)].map((votes) => ({ ...track, votes })),
    refused: [],
  },
  {
    ...{ service: 'queue', method: 'AddTrack', field: 'title and artist' },
    accepted: [{ ...track, title: '', artist: '' }, { id: 'only an id' }],
    refused: [],
  },
  {
    ...{ service: 'queue', method: 'VoteTrack', field: 'up' },
    accepted: [{ id: 'a', up: true }, { id: 'a', up: false }, { id: 'a' }],
    refused: [],
  },
  ...['GetQueue', 'GetHistory'].flatMap((method) => [
    pages(method, 'offset'),
    pages(method, 'limit'),
  ]),
  {
    ...nodeIds('AddLearner', 'id', { address }, []),
    refused: [0, -1, 2 ** 31, 2 ** 53].map((id) => ({ id, address })),
  },
  {
    ...{ service: 'admin', method: 'AddLearner', field: 'address' },
    accepted: [],
    refused: [
      ...['', 'h', 'h:', ':1', 'h:0', 'h:65536', 'h:100000', 'h:-1', 'h:1x', 'h h:1', 'h:1 '],
      ...['::1:1', '[::1]', '[x]:1', 'http://h:1', `${'h'.repeat(254)}:1`, 'h:1,i:2', 'ü:1'],
    ]
      .map((bad): Given => ({ id: 6, address: bad }))
      .concat(NOT_UTF8.map((bytes) => Buffer.concat([Buffer.from([8, 6]), bytesField(2, bytes)]))),
  },
  nodeIds('Promote', 'id', {}, [{ id: 1 }, { id: UNKNOWN_ID }]),
  nodeIds('RemoveServer', 'id', {}, [{ id: UNKNOWN_ID }]),
  nodeIds('TransferLeadership', 'to', {}, [{ to: UNKNOWN_ID }]),
]

/** A message of a service without a field that counts. */
export const HARMLESS: Readonly<Record<string, Given>> = {
  AddTrack: track,
  RemoveTrack: { id: 'nothing' },
  VoteTrack: { id: 'nothing' },
  GetMetadata: { id: 'nothing' },
  GetQueue: { limit: 1 },
  GetHistory: { limit: 1 },
  PlayNext: {},
  Status: {},
  AddLearner: { id: 1, address },
  Promote: { id: UNKNOWN_ID },
  RemoveServer: { id: UNKNOWN_ID },
  TransferLeadership: { to: UNKNOWN_ID },
}

/** Field 1000 of every wire type but groups, twice. */
export const UNKNOWN_FIELDS = Buffer.concat(
  [
    [0xc0, 0x3e, 0x7f],
    [0xc1, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8],
    [0xc2, 0x3e, 3, 0xff, 0xfe, 0xfd],
    [0xc5, 0x3e, 1, 2, 3, 4],
  ].flatMap((bytes) => [Buffer.from(bytes), Buffer.from(bytes)]),
)

/** What a harmless call may be answered with. */
export const HARMLESS_STATUS: readonly status[] = [
  status.OK,
  status.FAILED_PRECONDITION,
  status.ABORTED,
]

export function serialized(definition: ServiceDefinition, method: string, given: Given): Buffer {
  if (Buffer.isBuffer(given)) return given
  const found: MethodDefinition<unknown, unknown> | undefined = definition[method]
  if (found === undefined) throw new Error(`no method ${method}`)
  return found.requestSerialize(given)
}

/** The message with an unknown field that fills it up to so many bytes. */
export function padded(message: Buffer, bytes: number): Buffer {
  const header = 2 + 4
  const length = bytes - message.length - header
  const size = [0, 7, 14, 21].map((shift) => ((length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0))
  return Buffer.concat([message, Buffer.from([0xc2, 0x3e, ...size]), Buffer.alloc(length, 0x61)])
}
