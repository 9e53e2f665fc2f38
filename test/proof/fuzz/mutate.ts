import type { Random } from './random.ts'

/** Numbers at which decoders break: bounds of the widths and signs that lengths are written in. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff] as const
/** Varints of 2^32, 2^53 - 1, 2^53, 2^64 - 1, one without an end, and one padded. */
const VARINTS = [
  '8080808010',
  'ffffffffffffff0f',
  '8080808080808010',
  'ffffffffffffffffff01',
  'ffffffffffffffffffffffff',
  '808000',
].map((hex) => Buffer.from(hex, 'hex')) as [Buffer, ...Buffer[]]

/** What the mutations of one target draw from. */
export interface Material {
  readonly random: Random
  /** Longest input made. */
  readonly mostBytes: number
  /** Words of the format. */
  readonly words: readonly string[]
  /** Another input, to take a piece of. */
  other(): Buffer
}

type Mutation = (bytes: Buffer, material: Material) => Buffer

/** The input with `[from, to)` replaced. */
function replaced(bytes: Buffer, from: number, to: number, by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, from), by, bytes.subarray(to)])
}

function range(bytes: Buffer, random: Random): readonly [from: number, to: number] {
  const from = random.below(bytes.length + 1)
  const most = random.chance(0.5) ? 8 : bytes.length - from
  return [from, Math.min(bytes.length, from + random.below(most + 1))]
}

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  (bytes, { random }) => {
    const at = random.below(bytes.length)
    const flipped = (bytes[at] ?? 0) ^ (1 << random.below(8))
    return replaced(bytes, at, at + 1, Buffer.of(flipped))
  },
  (bytes, { random }) => {
    const at = random.below(bytes.length + 1)
    const edge = random.pick(EDGES)
    return replaced(bytes, at, at + 1, Buffer.of(edge & 0xff))
  },
  (bytes, { random }) => {
    const number = Buffer.alloc(4)
    number.writeUInt32LE(random.pick(EDGES))
    const at = random.below(bytes.length + 1)
    return replaced(bytes, at, random.chance(0.8) ? at + 4 : at, number)
  },
  (bytes, { random }) => {
    const at = random.below(bytes.length + 1)
    return replaced(bytes, at, at + random.below(3), random.pick(VARINTS))
  },
  (bytes, { random }) => replaced(bytes, ...range(bytes, random), Buffer.alloc(0)),
  (bytes, { random }) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, { random }) => replaced(bytes, ...range(bytes, random), random.bytes(16)),
  (bytes, { random }) => {
    const [from, to] = range(bytes, random)
    const at = random.chance(0.5) ? to : random.below(bytes.length + 1)
    return replaced(bytes, at, at, bytes.subarray(from, to))
  },
  (bytes, { random }) => {
    const [from, to] = range(bytes, random)
    return replaced(bytes, from, to, Buffer.alloc(to - from, random.pick([0, 0xff, 0x20])))
  },
  (bytes, material) => {
    const { random } = material
    const other = material.other()
    const piece = other.subarray(...range(other, random))
    return replaced(bytes, ...range(bytes, random), piece)
  },
  (bytes, { random, words }) => {
    const word = words[random.below(words.length)]
    if (word === undefined) return replaced(bytes, ...range(bytes, random), random.bytes(4))
    return replaced(bytes, ...range(bytes, random), Buffer.from(word))
  },
]

const MOST_AT_ONCE = 6

/** One to six mutations, one after the other; few more often than many. */
export function mutate(input: Buffer, material: Material): Buffer {
  const { random, mostBytes } = material
  let bytes = input
  for (let left = 1 + random.below(1 + random.below(MOST_AT_ONCE)); left > 0; left -= 1) {
    bytes = random.pick(MUTATIONS)(bytes, material).subarray(0, mostBytes)
  }
  return Buffer.from(bytes)
}
