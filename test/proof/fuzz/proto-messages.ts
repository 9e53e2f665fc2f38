import type { PackageDefinition } from '@grpc/proto-loader'
import type { Random } from './random.ts'

interface Field {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly typeName: string
}

interface MessageType {
  readonly name: string
  readonly field: readonly Field[]
  readonly nestedType: readonly MessageType[]
}

const DEEPEST = 5
const REPEATED = 'LABEL_REPEATED'

/** Makes messages of the types of one package by chance, from their descriptors. */
export class MessageMaker {
  readonly #types: PackageDefinition
  readonly #random: Random

  constructor(types: PackageDefinition, random: Random) {
    this.#types = types
    this.#random = random
  }

  /** `type`: as a method's definition names it. */
  message(type: object, depth = 0): Record<string, unknown> {
    const made: Record<string, unknown> = {}
    const { field: fields, nestedType } = type as MessageType
    for (const field of fields) {
      // Without a presence of its own a field left out is the same as an empty one.
      if (this.#random.chance(0.2) || depth > DEEPEST) continue
      const value = () => this.#value(field, depth)
      const entry = nestedType.find(({ name }) => name === field.typeName.split('.').at(-1))
      if (entry !== undefined) made[field.name] = this.#map(entry, depth)
      else made[field.name] = field.label === REPEATED ? this.#random.list(3, value) : value()
    }
    return made
  }

  #value(field: Field, depth: number): unknown {
    const random = this.#random
    switch (field.type) {
      case 'TYPE_STRING':
        return random.chance(0.5) ? random.text(12) : random.pick(TEXTS)
      case 'TYPE_BYTES':
        return random.bytes(random.chance(0.5) ? 32 : 8)
      case 'TYPE_BOOL':
        return random.chance(0.5)
      case 'TYPE_ENUM':
        return random.below(4)
      case 'TYPE_INT32':
        return Math.floor((random.next() - 0.5) * 2 ** random.below(33))
      case 'TYPE_UINT32':
        return random.count() % 2 ** 32
      case 'TYPE_MESSAGE':
        return this.message(this.#typeOf(field.typeName), depth + 1)
      default:
        return random.count() * (random.chance(0.1) ? -1 : 1)
    }
  }

  /** A map of texts to something, as the library takes it. */
  #map({ field: fields }: MessageType, depth: number): object {
    const [, value] = fields
    if (value === undefined) return {}
    const names = this.#random.list(3, () => this.#random.pick([...TEXTS, '__proto__']))
    return Object.fromEntries(names.map((name) => [name, this.#value(value, depth)]))
  }

  #typeOf(name: string): object {
    const last = name.split('.').at(-1) ?? ''
    const key = Object.keys(this.#types).find((each) => each.split('.').at(-1) === last)
    const found = key === undefined ? undefined : this.#types[key]
    if (found === undefined || !('type' in found)) throw new Error(`no message ${name}`)
    return found.type
  }
}

/** Of the lengths and alphabets that the checks behind the decoders look for. */
const TEXTS = [
  'grpc-node1',
  'http-node1',
  'a.png',
  '123',
  'ADD',
  'AddTrack',
  'raft-node6:50050',
  '[::1]:50050',
  '2894e6fd-267d-42d8-9b3e-8c383bed93ce',
  '..',
] as const
